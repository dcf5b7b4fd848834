/** Where objects are kept. */
export type BucketLocation = {
  readonly bucket: string;
  /** '' or with a slash at its end. */
  readonly prefix: string;
  /** URL of a server that is compatible with S3; null: AWS. */
  readonly endpoint: string | null;
  /** Null: as the SDK finds it (AWS_REGION, profile). */
  readonly region: string | null;
  /** Whether the bucket stands in the path of URLs, or in their host name. */
  readonly isPathStyle: boolean;
};

/** What is wrong with `s3://BUCKET/PREFIX`, or null. */
export function bucketFault(location: string): string | null {
  const [, bucket = '', prefix = ''] = pattern.exec(location) ?? [];
  if (bucket === '') return 'is not s3://BUCKET or s3://BUCKET/PREFIX';
  // As AWS names buckets: what else is in a host name, or leaves the path, is none of ours.
  if (!/^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/.test(bucket) || bucket.includes('..'))
    return 'names no bucket: 3 to 63 characters, a-z, 0-9, dots and hyphens';
  const isPlain = prefix.split('/').every((part) => /^[A-Za-z0-9_=.-]+$/.test(part));
  if (prefix !== '' && (!isPlain || /(?:^|\/)\.{1,2}(?:\/|$)/.test(prefix)))
    return 'has a prefix with other characters than A-Z, a-z, 0-9, `_`, `=`, `.`, `-` and slashes between them';
  return null;
}

/** Of a location without fault. */
export function splitBucket(location: string): Pick<BucketLocation, 'bucket' | 'prefix'> {
  const [, bucket = '', prefix = ''] = pattern.exec(location) ?? [];
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

export function bucketName({ bucket, prefix }: Pick<BucketLocation, 'bucket' | 'prefix'>): string {
  return `s3://${bucket}/${prefix}`.replace(/\/$/, '');
}

const pattern = /^s3:\/\/([^/]+)(?:\/(.*?)\/?)?$/;
