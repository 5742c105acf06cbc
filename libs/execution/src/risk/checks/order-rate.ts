import { defineCheck } from '../define-check.ts'

export const orderRate = defineCheck({
  code: 'order_rate',
  doc: 'Refuses an order beyond the limit in the window that ends now.',
  limits: { maxOrders: 'most orders in the window', orderWindowUs: 'length of the window, microseconds' },
  refuse: (_, { recentOrders }, { maxOrders, orderWindowUs }) =>
    recentOrders < maxOrders ? undefined : { orders: recentOrders, windowUs: orderWindowUs },
})
