// Has Prometheus and Alertmanager read their files again. What they refuse is said with their reason, and the exit code is 1.
const servers = ['http://prometheus:9090', 'http://alertmanager:9093']

for (const server of servers) {
  const response = await fetch(`${server}/-/reload`, { method: 'POST' }).catch((error) => error)
  if (response.ok) console.log(`${server} has the files in force`)
  else {
    const reason = response instanceof Error ? response.message : `${response.status}: ${await response.text()}`
    console.error(`Expected ${server} to reload, was ${reason.trim()}`)
    process.exitCode = 1
  }
}
