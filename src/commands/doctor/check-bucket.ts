import type { Settings } from '../../config/settings.ts';
import { bucketIsForOne } from '../../held-mail.ts';
import { openBucket, type BucketOptions } from '../../quarantine/bucket-quarantine.ts';
import { probeObjects, type ObjectsProbe } from '../../quarantine/probe-objects.ts';
import { failed, messageOf, milliseconds, ok, warning, type Finding } from './finding.ts';

const name = 'quarantine';
/** Clients wait for it: a message is held by four calls. */
const slowProbeMs = 2000;

/** Writes, reads, lists and removes an object where held mail goes. */
export async function checkBucket(
  options: BucketOptions,
  settings: Pick<Settings, 'quarantineStore' | 'store'>,
): Promise<readonly Finding[]> {
  const forOne = bucketIsForOne(settings);
  return [
    await probe(options),
    ...(forOne === null
      ? []
      : [warning('index of the bucket', forOne, ['give --store redis://… before a second proxy'])]),
  ];
}

async function probe(options: BucketOptions): Promise<Finding> {
  using bucket = await openBucket(options);
  try {
    return describeProbe(bucket.objects.name, await probeObjects(bucket.objects));
  } catch (error) {
    return failed(name, messageOf(error), [
      `make the bucket, and let its user do s3:PutObject, s3:GetObject, s3:DeleteObject on its objects and s3:ListBucket on itself (docs/operators.md); ${credentials}; until then mail that should be held is deferred (451)`,
    ]);
  }
}

const credentials =
  'credentials come from the environment, the file of AWS_SHARED_CREDENTIALS_FILE, or the role of the machine';

function describeProbe(bucket: string, { tookMs, isConditional }: ObjectsProbe): Finding {
  const message = `${bucket}: an object is written, read, listed and removed in ${milliseconds(tookMs)}`;
  if (!isConditional)
    return warning(name, `${message}, but writes do not depend on what is there`, [
      'use a server with conditional writes (If-None-Match) where several proxies share the bucket: without them only claims in Redis keep two from changing one message',
    ]);
  return tookMs < slowProbeMs
    ? ok(name, message)
    : warning(name, message, ['use a bucket nearer to this machine: clients wait for it']);
}
