const VENDORS: Readonly<Record<string, string>> = {
  tencent: 'Tencent Cloud IM',
  easemob: 'Easemob',
  yunxin: 'NetEase Yunxin',
}
export const vendorName = (vendor: string): string => VENDORS[vendor] ?? vendor

/** A letter on the vendor's colour. */
export const VendorMark = ({ vendor }: { vendor: string }) => (
  <i class={`vendor ${vendor}`} aria-hidden="true">
    {vendor.slice(0, 1).toUpperCase()}
  </i>
)
