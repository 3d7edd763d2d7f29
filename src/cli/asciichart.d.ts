/** What Rollcall uses of asciichart, which comes without types. */
declare module 'asciichart' {
  interface PlotOptions {
    height?: number
    offset?: number
    min?: number
    max?: number
    format?: (value: number) => string
  }
  const asciichart: { plot(series: number[], options?: PlotOptions): string }
  export default asciichart
}
