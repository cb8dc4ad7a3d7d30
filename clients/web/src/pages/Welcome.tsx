import { Dog } from "../parts/Avatar";
import { Icon, type IconName } from "../parts/Icon";
import { SignForm } from "./Sign";

const PROMISES: [IconName, string][] = [
  ["bell", "Every bark the moment it is barked, and nothing missed while you were away"],
  ["nearby", "See who is around, as roughly as you like"],
  ["graph", "Walk through who follows whom"],
];

export function Welcome() {
  return (
    <div class="welcome">
      <section class="welcome-words">
        <div class="pack" aria-hidden="true">
          {["1520347", "88120931", "7302", "40028812"].map((id) => (
            <svg class="avatar avatar-l" viewBox="0 0 64 64" key={id}>
              <Dog id={id} />
            </svg>
          ))}
        </div>
        <h1 tabIndex={-1}>Say it. Everybody who follows you hears it.</h1>
        <ul class="promises">
          {PROMISES.map(([icon, words]) => (
            <li key={icon}>
              <Icon name={icon} />
              {words}
            </li>
          ))}
        </ul>
      </section>
      <section class="card welcome-form" aria-labelledby="join">
        <h2 id="join">Join the pack</h2>
        <SignForm isNew />
        <p class="quiet">
          Have an account? <a href="/login">Log in</a>
        </p>
      </section>
    </div>
  );
}
