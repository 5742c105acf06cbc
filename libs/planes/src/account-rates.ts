import { ConfigError } from '@triplane/config'
import type { Instrument } from '@triplane/contracts'
import { configuredRates, RateSettingError, type ConfiguredRates, type RateSetting } from '@triplane/instruments'

/** The rates of a run with these instruments, as the account has them configured. Throws ConfigError on one that cannot be had. */
export function accountRates(
  ratesToUsd: Readonly<Record<string, RateSetting>>,
  instruments: readonly Instrument[],
): ConfiguredRates {
  try {
    return configuredRates(ratesToUsd, instruments)
  } catch (error) {
    if (!(error instanceof RateSettingError)) throw error
    const { currency, expected, found } = error
    throw new ConfigError('The configuration', [{ path: `account.ratesToUsd.${currency}`, expected, found }])
  }
}
