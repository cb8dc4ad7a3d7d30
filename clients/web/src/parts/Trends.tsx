import { trends } from "../state/beside";

/** What many bark about just now. Nothing is said where that is nothing: it stands beside other things. */
export function Trends({ most = 20 }: { most?: number }) {
  const found = trends.items.value?.slice(0, most) ?? [];
  if (!found.length) return null;
  return (
    <section aria-labelledby="trends" class="trending">
      <h2 id="trends" class="section">
        Barked about
      </h2>
      <ul class="trends">
        {found.map(({ tag, people }) => (
          <li key={tag}>
            <a href={`/tags/${encodeURIComponent(tag)}`}>
              <strong dir="auto">#{tag}</strong>
              <span class="quiet">{people === 1 ? "1 person" : `${people.toLocaleString()} people`}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
