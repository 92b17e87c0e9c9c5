// A Bluesky personal data server and its directory of names, both on loopback only: `node server.mjs PDS_PORT PLC_PORT`.
import http from 'node:http'

// The servers listen on every interface unless told otherwise, and their test kit has no setting for it.
const listen = http.Server.prototype.listen
http.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, port, '127.0.0.1', ...rest.filter((part) => typeof part === 'function'))
}

const { TestNetworkNoAppView } = await import('@atproto/dev-env')
const [pds, plc] = process.argv.slice(2).map(Number)
await TestNetworkNoAppView.create({ pds: { port: pds }, plc: { port: plc } })
console.log('ready')
