/**
 * Writes and verifies with etcher-sdk: `plain`, or as the Etcher app calls it. Arguments: mode, image, device, bytes
 * of the device. Its unmounting is left out: the native module for it does not load everywhere. JavaScript, so that
 * it is not measured with what stripping types takes.
 */
import { constants, promises } from "node:fs";
import sdk from "etcher-sdk";

const [mode, image = "", device = "", size] = process.argv.slice(2);
const { File, BlockDevice } = sdk.sourceDestination;

class Device extends BlockDevice {
  /** @override */
  async _open() {
    const { O_RDWR, O_DIRECT, O_EXCL } = constants;
    this.fileHandle = await promises.open(this.path, O_RDWR | O_DIRECT | O_EXCL);
  }

  /** @override */
  async _close() {
    await this.fileHandle.close();
    // What `unmountOnSuccess` waits before it unmounts.
    if (mode === "etcher") await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** @type {ConstructorParameters<typeof BlockDevice>[0]["drive"]} */
const drive = {
  device,
  raw: device,
  devicePath: null,
  description: device,
  size: Number(size),
  blockSize: 512,
  logicalBlockSize: 512,
  mountpoints: [],
  partitionTableType: null,
  busType: "UNKNOWN",
  busVersion: null,
  enumerator: "bench",
  error: null,
  isCard: null,
  isReadOnly: false,
  isRemovable: true,
  isSCSI: null,
  isSystem: false,
  isUAS: null,
  isUSB: null,
  isVirtual: null,
};

const source = await new File({ path: image }).getInnerSource();
/** @type {Parameters<typeof sdk.multiWrite.pipeSourceToDestinations>[0]} */
const options = {
  source,
  destinations: [new Device({ drive, write: true, direct: true })],
  // Thrown, it would be met by a library's own handler, which prints that library.
  onFail: (_destination, error) => {
    console.error(String(error));
    process.exit(1);
  },
  onProgress: () => undefined,
  verify: true,
};
const { failures } =
  mode === "plain"
    ? await sdk.multiWrite.pipeSourceToDestinations(options)
    : await sdk.multiWrite.decompressThenFlash({
        ...options,
        numBuffers: 2,
        decompressFirst: true,
        trim: true,
      });
process.exit(failures.size > 0 ? 1 : 0);
