import '@triplane/logging'
import '@triplane/feeds' // expect: @nx/enforce-module-boundaries
import '@triplane/ledger' // expect: @nx/enforce-module-boundaries
