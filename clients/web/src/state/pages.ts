/** A list that grows by pages. */
import { signal } from "@preact/signals";
import { Problem, wordsOf } from "../api/client";
import type { Page } from "../api/types";

export type State = "idle" | "loading" | "failed" | "missing";

const FIRST_WAIT_MS = 1_000;
const LAST_WAIT_MS = 4_000;

/** Load; where a store is away for a moment, or slow to wake, that is waited for. */
async function patiently<T>(load: () => Promise<T>): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait *= 2) {
    try {
      return await load();
    } catch (error) {
      if (!(error instanceof Problem && error.status === 503) || wait > LAST_WAIT_MS) throw error;
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

export class Pages<T> {
  readonly items = signal<T[] | null>(null);
  readonly state = signal<State>("idle");
  readonly words = signal("");
  readonly next = signal<string | null>(null);
  private turn = 0;

  constructor(private readonly load: (cursor: string | null) => Promise<Page<T>>) {}

  /** Read the first page anew. */
  start = (): Promise<void> => this.read(null);

  /** Read the next page, if there is one and none is on its way. */
  more = async (): Promise<void> => {
    if (this.next.value && this.state.value !== "loading") await this.read(this.next.value);
  };

  again = (): Promise<void> => this.read(this.items.value ? this.next.value : null);

  forget(): void {
    this.turn++;
    this.items.value = this.next.value = null;
    this.state.value = "idle";
  }

  private async read(cursor: string | null): Promise<void> {
    const turn = ++this.turn;
    this.state.value = "loading";
    try {
      const page = await patiently(() => this.load(cursor));
      if (turn !== this.turn) return;
      this.items.value = cursor ? [...(this.items.value ?? []), ...page.items] : page.items;
      this.next.value = page.next;
      this.state.value = "idle";
    } catch (error) {
      if (turn !== this.turn) return;
      this.words.value = wordsOf(error);
      this.state.value = error instanceof Problem && error.isMissing ? "missing" : "failed";
    }
  }
}
