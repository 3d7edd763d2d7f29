/** Drawn for this page: 20 by 20, one line width. */
const PATHS = {
  overview: 'M3 10.5 10 4l7 6.5M5 9v7h10V9',
  groups:
    'M7 9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm6.5.5a2 2 0 1 0 0-4M2.5 16c0-2.5 2-4.2 4.5-4.2s4.5 1.700 4.500 4.2M13.500 11.800c2.200 0 4 1.500 4 3.700',
  changes: 'M4 7h11l-3-3M16 13H5l3 3',
  runs: 'M16 10a6 6 0 1 1-1.800-4.300M16 3v3.500h-3.500',
  held: 'M7 5v10M13 5v10',
  reports: 'M4 16V9m4 7V4m4 12v-5m4 5V7',
  search: 'M9 14.500A5.500 5.500 0 1 0 9 3.500a5.500 5.500 0 0 0 0 11Zm4-1.500 4 4',
  empty: 'M4 6h12M4 10h7M4 14h4',
  alert: 'M10 4 3 16h14L10 4Zm0 5v3.500m0 1.800v.2',
  sun: 'M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-10.500V4m0 12v1.500M2.500 10H4m12 0h1.500M4.700 4.700l1 1m8.600 8.600 1 1m0-10.600-1 1m-8.600 8.600-1 1',
  moon: 'M16 11.500A6.500 6.500 0 0 1 8.500 4a6.500 6.500 0 1 0 7.500 7.500Z',
  person:
    'M10 9.500A2.800 2.800 0 1 0 10 4a2.800 2.800 0 0 0 0 5.500ZM4.500 16.500c0-3 2.400-4.800 5.500-4.800s5.500 1.800 5.500 4.800',
  download: 'M10 3v9m0 0 3.500-3.500M10 12 6.500 8.500M4 16h12',
  check: 'm4 10.500 4 4 8-9',
  close: 'm5 5 10 10M15 5 5 15',
  arrow: 'm8 5 5 5-5 5',
} as const
export type IconName = keyof typeof PATHS

export const Icon = ({ name }: { name: IconName }) => (
  <svg
    class="icon"
    viewBox="0 0 20 20"
    width="20"
    height="20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={PATHS[name]} />
  </svg>
)
