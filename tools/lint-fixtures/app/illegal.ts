import '@triplane/feeds'
import '@triplane/ledger'
import '@triplane/data-plane' // expect: @nx/enforce-module-boundaries
import '@triplane/testing' // expect: @nx/enforce-module-boundaries
