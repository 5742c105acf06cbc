export { loadStrategies } from './load-strategies.ts'
