/** How a vendor is called where a key is wanted: `Bill.com` → `bill-com`. */
export function vendorSlug(vendor: string): string {
  return vendor
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
