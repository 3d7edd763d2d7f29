/** A small curve without axes. */
export function Spark({ values, label }: { values: readonly number[]; label: string }) {
  if (values.length < 2) return null
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const points = values.map((value, n) => {
    const x = (n / (values.length - 1)) * 100
    const y = high === low ? 14 : 26 - ((value - low) / (high - low)) * 24
    return `${x.toFixed(2)},${y.toFixed(2)}`
  })
  return (
    <svg class="spark" viewBox="0 0 100 28" preserveAspectRatio="none" role="img" aria-label={label}>
      <polygon points={`0,28 ${points.join(' ')} 100,28`} />
      <polyline points={points.join(' ')} />
    </svg>
  )
}
