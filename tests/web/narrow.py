"""What to look for on a narrow screen: what sticks out, what is cut off, what lies on something else."""

from typing import cast

from tests.web.screen import Screen

# What can be scrolled sideways; what reaches beyond the edge, also within a card, which hides it; words that do not fit
# in what can be pressed; and of two things to press, or two names in a picture, one that covers the other.
LOOK = """() => {
  const found = new Set();
  const told = (one) => `${one.tagName}.${one.getAttribute("class") ?? ""} "${one.textContent.slice(0, 30)}"`;
  const isShown = (one) => one.checkVisibility({ contentVisibilityAuto: true }) && one.getClientRects().length;
  const all = [...(document.querySelector("dialog[open]") ?? document).querySelectorAll("body *, dialog *")]
    .filter((one) => isShown(one) && !one.closest(".skip"));
  const isCut = (one) => one && (getComputedStyle(one).overflowX !== "visible" || isCut(one.parentElement));
  const isBeyond = (box) => box.width > 1 && (box.left < -0.5 || box.right > innerWidth + 0.5);
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  const boxes = (one) => [...one.getClientRects()];
  const doLie = (one, other) => boxes(one).some((a) => boxes(other).some((b) => meet(a, b)));
  const layer = (one) => one.closest(".bar, .toasts, .head");  // bars lie on what scrolls beneath them

  const { scrollWidth } = document.scrollingElement;
  if (scrollWidth > innerWidth) found.add(`${scrollWidth - innerWidth} px to scroll sideways`);
  for (const one of all) {
    const isSeen = one.closest("svg") ? one.matches(".node-name") : !isCut(one.parentElement);
    if (isSeen && isBeyond(one.getBoundingClientRect())) found.add(`beyond the edge: ${told(one)}`);
    if (one.matches(".person-link") && one.clientWidth < 150) found.add(`no room for a name: ${told(one)}`);
    const holdsWords = one.matches("button, .button, .choice span, .tabs a, label, h2, p, li, dd, .dialog-body");
    if (holdsWords && getComputedStyle(one).display !== "inline" && one.scrollWidth > one.clientWidth + 1)
      found.add(`cut off: ${told(one)}`);
  }
  const pressed = all.filter((one) => one.matches("a, button, input, textarea") && !one.closest("svg"));
  for (const some of [pressed, all.filter((one) => one.matches(".node-name"))])
    some.forEach((one, at) => some.slice(at + 1).forEach((other) => {
      if (!one.contains(other) && layer(one) === layer(other) && doLie(one, other))
        found.add(`${told(one)} lies on ${told(other)}`);
    }));
  return [...found];
}"""

# Letters twice as large and nothing else: what a phone's or browser's setting for text does.
TWICE = """() => {
  const all = [...document.body.querySelectorAll("*")].filter((one) => !one.closest("svg"));
  const sizes = all.map((one) => [getComputedStyle(one).fontSize, getComputedStyle(one).lineHeight].map(parseFloat));
  all.forEach((one, at) => {
    const [size, line] = sizes[at];
    one.style.fontSize = `${2 * size}px`;
    if (line) one.style.lineHeight = `${2 * line}px`;
  });
}"""


def amiss(screen: Screen) -> list[str]:
    """Return what does not fit."""
    return cast(list[str], screen.evaluate(LOOK))


def enlarge(screen: Screen) -> None:
    """Make the letters twice as large."""
    screen.evaluate(TWICE)
