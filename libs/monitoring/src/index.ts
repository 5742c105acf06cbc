export {
  alertPlanes,
  dashboardUids,
  GRAFANA_URL,
  panelIdOf,
  panelUrl,
  PROMETHEUS_URL,
  severities,
  type AlertPlane,
  type AlertRule,
  type DashboardUid,
  type PanelRef,
  type Severity,
} from './alert.ts'
