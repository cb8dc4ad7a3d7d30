import { useEffect } from "preact/hooks";
import { Empty, Failed, Head, More, Skeleton } from "../parts/bits";
import { BarkList } from "../parts/BarkList";
import { Composer } from "../parts/Composer";
import { Icon } from "../parts/Icon";
import { Outbox } from "../parts/Outbox";
import { Suggested } from "../parts/Suggested";
import { loadBeside, suggested } from "../state/beside";
import * as feed from "../state/feed";
import { userOf } from "../state/known";
import { me } from "../state/me";
import { outbox } from "../state/outbox";
import { comeBack } from "../state/router";

function Pill() {
  const number = feed.fresh.value.length;
  const words = feed.changed.value ? "Your feed has changed" : `${number} new ${number === 1 ? "bark" : "barks"}`;
  const isThere = feed.changed.value || number > 0;
  function show(): void {
    if (feed.changed.value) {
      scrollTo({ top: 0 });
      void feed.loadFeed();
    } else feed.showFresh();
  }
  return (
    <div class="pill-place">
      <span class="unseen" role="status">
        {isThere ? `${words}. Press period to show.` : ""}
      </span>
      {isThere ? (
        <button type="button" class="pill" data-fresh onClick={show}>
          <Icon name="up" />
          {words}
        </button>
      ) : null}
    </div>
  );
}

const FEW = 5;

/** Nothing yet: here is whom to follow. Where somebody was followed just now, the feed comes by itself. */
function Nothing() {
  useEffect(() => void loadBeside(), []);
  const few = (suggested() ?? []).filter(({ user }) => !userOf(user.handle)?.value.you?.follows).slice(0, FEW);
  const isOnItsWay = Boolean(me.value?.counts.following);
  return (
    <>
      <Empty icon="people" title={isOnItsWay ? "Nothing here yet" : "Your feed is quiet"}>
        <p>
          {isOnItsWay
            ? "What the people you follow have barked is on its way, and what they bark next shows at once."
            : "What you and the people you follow bark shows here, the moment it is barked."}
        </p>
        <div class="row">
          <a class="button primary" href="/people">
            Find people
          </a>
          <a class="button" href="/nearby">
            Look nearby
          </a>
        </div>
      </Empty>
      {few.length ? (
        <section aria-labelledby="to-follow">
          <h2 id="to-follow" class="section">
            {isOnItsWay ? "More people" : "Begin with these"}
          </h2>
          {few.map((one) => (
            <Suggested one={one} key={one.user.id} />
          ))}
        </section>
      ) : null}
    </>
  );
}

function Barks() {
  const ids = feed.shown.value;
  if (!ids) return feed.problem.value ? <Failed words={feed.problem.value} again={feed.loadFeed} /> : <Skeleton />;
  if (!ids.length && !feed.next.value && !outbox.value.length && !feed.fresh.value.length) return <Nothing />;
  return (
    <div class="list">
      <BarkList ids={ids} />
      {feed.problem.value ? <Failed words={feed.problem.value} again={feed.loadMore} /> : null}
      {feed.next.value && !feed.problem.value ? <More at={ids.length} load={feed.loadMore} busy={feed.loading.value} /> : null}
      {!feed.next.value && ids.length > 5 ? <p class="end quiet">That is all there is.</p> : null}
    </div>
  );
}

export function FeedPage() {
  useEffect(() => void comeBack(), []);
  return (
    <>
      <Head title="Home">
        <span class="head-acts narrow-only">
          <a class="button ghost round" href="/people" aria-label="People you may know">
            <Icon name="people" />
          </a>
          <a class="button ghost round" href="/settings" aria-label="Settings">
            <Icon name="gear" />
          </a>
        </span>
      </Head>
      <div class="wide-only">
        <Composer />
      </div>
      <Pill />
      <Outbox />
      <Barks />
    </>
  );
}
