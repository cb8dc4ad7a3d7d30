/** Drawn lines on a grid of 24. */
const SHAPES = {
  home: "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16.500 16.500L21 21",
  nearby: "M12 12l6-6M12 3a9 9 0 1 0 9 9M12 7.500a4.500 4.500 0 1 0 4.500 4.500M12 11.900v.2",
  bell: "M6 16v-5a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.500 20c.8-4 4-5.500 7.500-5.500s6.700 1.500 7.500 5.500",
  people: "M9 5a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zM2.500 19.500c.6-3.500 3.300-5 6.500-5s5.900 1.500 6.500 5M16 5.500a3 3 0 0 1 0 6M17.500 14.700c2.200.5 3.600 2 4 4.300",
  gear: "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M5.600 18.400l2.100-2.100M16.300 7.700l2.100-2.100",
  plus: "M12 5v14M5 12h14",
  heart: "M12 20S4 15 4 9.300C4 6.700 6 5 8.200 5c1.600 0 3 .9 3.800 2.300C12.800 5.900 14.200 5 15.800 5 18 5 20 6.700 20 9.300 20 15 12 20 12 20z",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  link: "M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1",
  graph: "M12 4.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM5.500 15.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM18.500 15.500a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM11 8.300l-4.500 7.400M13 8.300l4.500 7.400M7.500 17.500h9",
  back: "M19 12H5M11 6l-6 6 6 6",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 13l4.500 4.500L19 7",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4.500l3 1.500",
  alert: "M12 4l9 16H3zM12 10v4.500M12 17.300v.2",
  up: "M12 19V5M6 11l6-6 6 6",
  device: "M5 5h14v10H5zM3 19h18",
  out: "M10 5H5v14h5M14 8l4 4-4 4M18 12H9",
  keyboard: "M3 7h18v10H3zM7 10.500v.1M11 10.500v.1M15 10.500v.1M8 14h8",
  tag: "M9 4L7 20M17 4l-2 16M4.500 9h15M4 15h15.500",
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  return (
    <svg class={filled ? "icon icon-filled" : "icon"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
