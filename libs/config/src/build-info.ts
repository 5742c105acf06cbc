/**
 * What runs. A bundle holds both values: `tools/build.mjs` puts them in the place of these very expressions, so nothing may read
 * the variables in another way.
 */
export const buildInfo = {
  version: process.env['TRIPLANE_VERSION'] ?? 'unknown',
  commit: process.env['TRIPLANE_COMMIT'] ?? 'unknown',
}
