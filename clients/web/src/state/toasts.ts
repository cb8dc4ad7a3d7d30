/** Short words at the edge of the screen, with what to do next. */
import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  words: string;
  action?: { name: string; run: () => void };
}

export const toasts = signal<Toast[]>([]);
const STAYS_MS = 6_000;
let last = 0;

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function toast(words: string, action?: Toast["action"]): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-2), { id, words, action }];
  setTimeout(() => dismiss(id), STAYS_MS);
}
