// What Bluesky's own library sees in texts: a JSON list of texts on standard input, a list of lists of facets out.
import { readFileSync } from 'node:fs'

import { RichText } from '@atproto/api'

const seen = JSON.parse(readFileSync(0, 'utf8')).map((text) => {
  const rich = new RichText({ text })
  rich.detectFacetsWithoutResolution()
  return rich.facets ?? []
})
console.log(JSON.stringify(seen))
