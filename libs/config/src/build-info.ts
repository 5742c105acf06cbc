/**
 * Version and commit of the running build. `tools/build.mjs` replaces exactly these expressions by the values when bundling, so
 * nothing may read the variables in another way.
 */
export const buildInfo = {
  version: process.env['TRIPLANE_VERSION'] ?? 'unknown',
  commit: process.env['TRIPLANE_COMMIT'] ?? 'unknown',
}
