import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { bucketName, type BucketLocation } from '../config/bucket-location.ts';
import {
  ObjectsError,
  type ObjectBody,
  type ObjectFacts,
  type Objects,
  type ObjectState,
  type PutCondition,
} from './objects.ts';
import { QuarantineError, tooLarge } from './quarantine-error.ts';
import { asObjectsError, failureOf } from './s3-errors.ts';
import { Deadline, stampAnswers, timed } from './s3-times.ts';

const attempts = 3;
/** How often a write that met another one at the same moment is tried (AWS: 409 ConditionalRequestConflict). */
const conflictTries = 3;

export type S3Options = BucketLocation & {
  /** For one call; a body has more, by its size. */
  readonly timeoutMs: number;
};

/** Objects in a bucket of S3 or of a server that is compatible with it. Nothing is asked yet. */
export function s3Objects({ timeoutMs, bucket, prefix, ...location }: S3Options): Objects {
  const client = new S3Client({
    ...(location.endpoint === null ? {} : { endpoint: location.endpoint }),
    ...regionOf(location),
    forcePathStyle: location.isPathStyle,
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: Math.ceil(timeoutMs / attempts) },
    // Trailing checksums are younger than most compatible servers. The signature, or TLS, covers what is sent.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  stampAnswers(client.middlewareStack);
  return new BucketOfS3(client, { bucket, prefix, timeoutMs });
}

/** Compatible servers do not care, but the SDK does. */
function regionOf({ region, endpoint }: Pick<BucketLocation, 'region' | 'endpoint'>) {
  if (region !== null) return { region };
  return endpoint === null ? {} : { region: 'us-east-1' };
}

type Place = Pick<S3Options, 'bucket' | 'prefix' | 'timeoutMs'>;

/** How a server wants the tag of If-Match: as HTTP writes it, as radosgw 16 wants it, or not at all. */
const spellings = [(tag: string) => `"${tag}"`, (tag: string) => tag, () => null] as const;

class BucketOfS3 implements Objects {
  readonly name: string;
  readonly #client: S3Client;
  readonly #place: Place;
  /** Whether the server offers If-None-Match and If-Match. */
  #isConditional = true;
  #spelling = 0;

  constructor(client: S3Client, place: Place) {
    this.#client = client;
    this.#place = place;
    this.name = bucketName(place);
  }

  async put(key: string, body: ObjectBody, condition: PutCondition): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { ETag } = await this.#send(key, body, condition);
        return this.#tagIn(ETag);
      } catch (error) {
        const { status } = failureOf(error);
        if (status === 501 && this.#isConditional && condition !== null)
          this.#isConditional = false;
        else if (status === 409 && Buffer.isBuffer(body) && attempt < conflictTries)
          await sleep(100 * attempt);
        else if (status !== 412 || !(await this.#isMisread(key, condition)))
          throw asObjectsError(error, this.name);
      }
    }
  }

  async head(key: string): Promise<ObjectState | null> {
    const facts = await this.#orNull((abortSignal) =>
      this.#client.send(new HeadObjectCommand(this.#object(key)), { abortSignal }),
    );
    if (facts === null) return null;
    const { ContentLength = 0, ETag } = facts;
    const modifiedMs = wholeSecond(facts.LastModified);
    const servedMs = timed(facts) ?? modifiedMs;
    return { key, sizeBytes: ContentLength, modifiedMs, tag: this.#tagIn(ETag), servedMs };
  }

  get(key: string, maxBytes: number): Promise<Buffer | null> {
    return this.#orNull(async (abortSignal) => {
      const { Body, ContentLength } = await this.#client.send(
        new GetObjectCommand(this.#object(key)),
        { abortSignal },
      );
      const body = Body as Readable;
      // It may also end while it is read: whoever gave the signal stays to hear of it.
      abortSignal.addEventListener('abort', () => body.destroy(abortSignal.reason as Error));
      const pieces: Buffer[] = [];
      let sizeBytes = ContentLength ?? 0;
      for await (const piece of body as AsyncIterable<Buffer>) {
        if (sizeBytes > maxBytes) break;
        pieces.push(piece);
        sizeBytes = Math.max(
          sizeBytes,
          pieces.reduce((sum, { length }) => sum + length, 0),
        );
      }
      if (sizeBytes > maxBytes)
        throw new QuarantineError('damaged', `${this.name}/${key} is damaged: ${tooLarge}`);
      return Buffer.concat(pieces);
    });
  }

  read(key: string, endBytes?: number): Readable {
    return Readable.from(this.#pieces(key, endBytes), { objectMode: false });
  }

  async *list(beginning = ''): AsyncGenerator<ObjectFacts> {
    const { bucket: Bucket, prefix } = this.#place;
    const Prefix = `${prefix}${beginning}`;
    let from: string | undefined;
    do {
      const page = await this.#within((abortSignal) =>
        this.#client.send(
          new ListObjectsV2Command({ Bucket, Prefix, Delimiter: '/', ContinuationToken: from }),
          { abortSignal },
        ),
      );
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? [])
        yield {
          key: Key.slice(prefix.length),
          sizeBytes: Size,
          modifiedMs: wholeSecond(LastModified),
        };
      from = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (from !== undefined);
  }

  async remove(key: string): Promise<void> {
    await this.#orNull((abortSignal) =>
      this.#client.send(new DeleteObjectCommand(this.#object(key)), { abortSignal }),
    );
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }

  async #send(
    key: string,
    body: ObjectBody,
    condition: PutCondition,
  ): Promise<PutObjectCommandOutput> {
    const [Body, sizeBytes] = Buffer.isBuffer(body)
      ? [body, body.length]
      : [body.stream, body.sizeBytes];
    using deadline = new Deadline(this.#place.timeoutMs, sizeBytes);
    // The SDK pipes a stream, which hands on no errors.
    if (Body instanceof Readable) Body.once('error', (error) => deadline.end(error));
    const command = new PutObjectCommand({
      ...this.#object(key),
      Body,
      ContentLength: sizeBytes,
      ContentType: 'application/octet-stream',
      ...this.#conditions(condition),
    });
    try {
      return await deadline.keep(this.#client.send(command, { abortSignal: deadline.signal }));
    } finally {
      // Of a call that was given up nobody else closes the file behind it.
      if (Body instanceof Readable) Body.destroy();
    }
  }

  #conditions(condition: PutCondition): { IfNoneMatch?: string; IfMatch?: string } {
    if (condition === null || !this.#isConditional) return {};
    if (condition === 'new') return { IfNoneMatch: '*' };
    const IfMatch = spellings[this.#spelling]?.(condition.tag) ?? null;
    return IfMatch === null ? {} : { IfMatch };
  }

  /** Whether the object is in the state that was named, and the server did not see it. */
  async #isMisread(key: string, condition: PutCondition): Promise<boolean> {
    if (condition === null || condition === 'new' || this.#spelling >= spellings.length - 1)
      return false;
    if ((await this.head(key))?.tag !== condition.tag) return false;
    this.#spelling++;
    return true;
  }

  async *#pieces(key: string, endBytes: number | undefined): AsyncGenerator<Buffer> {
    const Range = endBytes === undefined ? undefined : `bytes=0-${endBytes - 1}`;
    const { Body } = await this.#within((abortSignal) =>
      this.#client.send(new GetObjectCommand({ ...this.#object(key), Range }), { abortSignal }),
    );
    const body = Body as Readable;
    const pieces = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        // Whoever reads may take all the time; the storage may not.
        const next = await this.#within(() => pieces.next() as Promise<IteratorResult<Buffer>>);
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      body.destroy();
    }
  }

  /** Whoever answers without one is no storage, but a web page with 200 for everything, and has kept nothing. */
  #tagIn(tag: string | undefined): string {
    if (tag === undefined)
      throw new ObjectsError('failed', `${this.name}: an answer without ETag: this is not S3`);
    return tag.replace(/^"|"$/g, '');
  }

  #object(key: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.#place;
    return { Bucket: bucket, Key: `${prefix}${key}` };
  }

  async #within<Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    using deadline = new Deadline(this.#place.timeoutMs);
    try {
      return await deadline.keep(call(deadline.signal));
    } catch (error) {
      if (error instanceof QuarantineError) throw error;
      throw asObjectsError(error, this.name);
    }
  }

  async #orNull<Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer | null> {
    return this.#within((signal) => call(signal).catch(nullWhereMissing));
  }
}

function nullWhereMissing(error: unknown): null {
  const { status, code } = failureOf(error);
  if (status === 404 && code !== 'NoSuchBucket') return null;
  throw error;
}

/** Some servers tell more in lists than in answers about one object. */
function wholeSecond(time: Date | undefined): number {
  return Math.floor((time?.getTime() ?? 0) / 1000) * 1000;
}
