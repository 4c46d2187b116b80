// A person in MLflow's UI, in Chromium, and what of that is in the extension's views.
const { chromium } = require('playwright-core')
const { execFileSync } = require('child_process')
const path = require('path')

const P = 'shared.model-trace-explorer.'
let tests = 0

function test(passed, name, ...details) {
  tests++
  console.log(`${passed ? 'ok' : 'not ok'} ${tests} - ${name}`)
  if (!passed) details.forEach(detail => console.log(`#   ${String(detail).slice(0, 1000)}`))
}

function same(got, wanted, name) {
  test(got === wanted, name, `got: ${got}`, `wanted: ${wanted}`)
}

function sql(statement) {
  return execFileSync('psql', ['-XAtq', '-c', statement], { encoding: 'utf8' }).trim()
}

const component = (page, id) => page.locator(`[data-component-id="${P}${id}"]:visible`)

// The answer of the server to what is pressed
async function press(page, method, button) {
  const [answer] = await Promise.all([
    page.waitForResponse(response => response.request().method() === method && /assessments/.test(response.url())),
    button.click()])
  return answer.status()
}

async function add(page, kind, type, name, enter, rationale) {
  await component(page, kind === 'feedback' ? 'add-feedback' : 'add-expectation').first().click()
  if (kind === 'feedback') {
    const human = page.locator('[data-component-id="mlflow.model-trace-explorer.add-human-feedback"]:visible')
    await human.first().click({ timeout: 3000 }).catch(() => {})
  }
  await component(page, 'assessment-data-type-select').first().click()
  await page.locator('[role=option]:visible', { hasText: type }).first().click()
  const typeahead = component(page, 'assessment-name-typeahead.input').first()
  await typeahead.fill(name)
  await typeahead.press('Enter')
  await enter(page)
  if (rationale) await component(page, 'assessment-rationale-input').first().fill(rationale)
  return press(page, 'POST', component(page, 'assessment-create-button').filter({ hasText: 'Create' }).first())
}

// The first of these below a name in the pane
async function below(page, name, id) {
  const names = await page.getByText(name, { exact: true }).all()
  const tops = (await Promise.all(names.map(one => one.boundingBox()))).filter(box => box && box.x > page.viewportSize().width / 2)
  const candidates = await component(page, id).all()
  let best
  for (const candidate of candidates) {
    const box = await candidate.boundingBox()
    if (box && box.y > tops[tops.length - 1].y - 5 && (!best || box.y < best.y)) best = { y: box.y, candidate }
  }
  return best.candidate
}

async function open(page, name) {
  await (await below(page, name, 'toggle-assessment-expanded')).click()
  await component(page, 'assessment-more-button').first().waitFor()
  await (await below(page, name, 'assessment-more-button')).click()
}

async function main() {
  const trace = sql("SELECT request_id FROM public.trace_info WHERE request_preview LIKE '%question%' ORDER BY timestamp_ms DESC LIMIT 1")
  const experiment = sql(`SELECT experiment_id FROM public.trace_info WHERE request_id = '${trace}'`)
  sql(`DELETE FROM public.assessments WHERE trace_id = '${trace}'`)
  sql(`SELECT feedback.log_feedback('${trace}', 'from_sql', true, 'HUMAN', 'sam', rationale => 'said in SQL')`)

  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
  const shot = name => page.screenshot({ path: path.join(process.env.SCREENSHOTS, `mlflow-${name}.png`) })
  page.setDefaultTimeout(20000)
  try {
    await page.goto(`${process.env.MLFLOW_TRACKING_URI}/#/experiments/${experiment}/traces?selectedEvaluationId=${trace}`)
    await component(page, 'assessments-pane-toggle').first().waitFor()
    if (await component(page, 'add-feedback').count() === 0) await component(page, 'assessments-pane-toggle').first().click()
    await page.getByText('from_sql').first().waitFor()
    test(true, 'what SQL logs is on the page of its trace')
    await shot('1-from-sql')

    await add(page, 'feedback', 'Boolean', 'thumb', p => component(p, 'assessment-value-boolean-input').first().getByText('True').click(), 'clicked')
    same(sql(`SELECT concat_ws(' ', boolean_value, source_type, rationale) FROM feedback.feedback WHERE trace_id = '${trace}' AND name = 'thumb'`),
      't HUMAN clicked', 'a boolean that is clicked is in feedback.feedback')
    await add(page, 'feedback', 'Number', 'stars', p => component(p, 'assessment-value-number-input').first().fill('4'))
    same(sql(`SELECT numeric_value FROM feedback.feedback WHERE trace_id = '${trace}' AND name = 'stars'`).replace('.0', ''), '4', 'a number')
    await add(page, 'feedback', 'String', 'comment', p => component(p, 'assessment-value-string-input').first().fill('schön'))
    same(sql(`SELECT text_value FROM feedback.feedback WHERE trace_id = '${trace}' AND name = 'comment'`), 'schön', 'a text')
    await add(page, 'expectation', 'String', 'expected', p => component(p, 'assessment-value-string-input').first().fill('42'))
    same(sql(`SELECT text_value FROM feedback.expectations WHERE trace_id = '${trace}' AND name = 'expected'`), '42', 'an expectation')
    await shot('2-added')

    await open(page, 'thumb')
    await component(page, 'assessment-edit-button').first().click()
    await component(page, 'assessment-edit-value-boolean-input').first().getByText('False').click()
    await press(page, 'PATCH', component(page, 'assessment-edit-save-button').first())
    same(sql(`SELECT boolean_value FROM feedback.feedback WHERE trace_id = '${trace}' AND name = 'thumb'`), 'f', 'an edit')
    await shot('3-edited')
    await open(page, 'stars')
    await component(page, 'assessment-delete-button').first().click()
    await press(page, 'DELETE', component(page, 'assessment-delete-modal.footer.ok').first())
    same(sql(`SELECT count(*) FROM feedback.feedback WHERE trace_id = '${trace}' AND name = 'stars'`), '0', 'a deletion')
    await component(page, 'assessment-notes-input').first().fill('to be looked at')
    await press(page, 'POST', component(page, 'assessment-notes-save').first())
    same(sql(`SELECT text_value FROM feedback.feedback WHERE trace_id = '${trace}' AND name = 'mlflow.notes'`), 'to be looked at', 'and the notes')
    await shot('4-deleted')
  } catch (error) {
    await shot('failed')
    test(false, 'the UI can be used', error.message)
  }
  await browser.close()
  console.log(`1..${tests}`)
}

main()
