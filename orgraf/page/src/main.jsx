// The try-out page: GraphiQL on /graphql, with what the server wrote into the page: a token and example queries.
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './page.css'
import { createGraphiQLFetcher, createLocalStorage } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { parse } from 'graphql'
import { createRoot } from 'react-dom/client'

const given = JSON.parse(document.getElementById('orgraf')?.textContent ?? '{}')
const examples = given.examples ?? []
const headers = given.token ? { Authorization: `Bearer ${given.token}` } : {}
const shown = given.token ? JSON.stringify(headers, null, 2) : undefined

const url = new URL('graphql', document.baseURI)
const socketUrl = new URL(url)
socketUrl.protocol = url.protocol.replace('http', 'ws')

const fetcher = createGraphiQLFetcher({
  url: url.href,
  subscriptionUrl: socketUrl.href,
  headers,
  wsConnectionParams: headers,
  enableIncrementalDelivery: false,
})

// GraphiQL reads a document some moments after its tab was chosen, and who is quicker than that would run it under the
// name and kind of the one before: so what is run is read here once more.
function run(params, options) {
  let documentAST
  try {
    documentAST = parse(params.query)
  } catch {
    return fetcher(params, options) // the server says what is wrong
  }
  const names = documentAST.definitions.filter(d => d.kind === 'OperationDefinition').map(d => d.name?.value)
  const operationName = names.length === 1 ? names[0] : params.operationName
  return fetcher({ ...params, operationName }, { ...options, documentAST })
}

// What a visitor changed is kept in the browser, apart for each set of examples, so that new ones are seen.
let mark = 0
for (const sign of JSON.stringify(examples)) mark = (mark * 31 + sign.codePointAt(0)) >>> 0
const storage = createLocalStorage({ namespace: `orgraf-${mark}` })

// GraphiQL forgets the variables of the tab it opens with, unless told: the kept tab's, else the first example's.
function opening() {
  const kept = JSON.parse(storage.getItem('graphiql:tabState') ?? 'null')
  return kept?.tabs?.[kept.activeTabIndex] ?? examples[0] ?? {}
}
const { query, variables } = opening()

createRoot(document.getElementById('page')).render(
  <GraphiQL
    fetcher={run}
    storage={storage}
    initialQuery={query ?? undefined}
    initialVariables={variables ?? undefined}
    defaultHeaders={shown}
    defaultTabs={examples.length ? examples.map(example => ({ ...example, headers: shown })) : undefined}
    defaultEditorToolsVisibility
  />,
)
