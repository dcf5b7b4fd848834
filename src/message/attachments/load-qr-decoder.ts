import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { prepareZXingModule } from 'zxing-wasm/reader';

/** Loads the decoder of QR codes from its package; without this it would look for its code on the Internet. */
export async function loadQrDecoder(): Promise<void> {
  const file = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'));
  const { buffer: wasmBinary } = new Uint8Array(await readFile(file));
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}
