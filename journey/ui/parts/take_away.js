const [HELD, REDRAW] = [20_000, 1_500]
const PAGE = '[data-testid="stMainBlockContainer"]'
const BUSY = '[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-stale="true"]'
// What only a living page can use; the rest of the page stays as it is.
const CONTROLS = [
  "script, style, link, meta, base, noscript, template, object, embed, xmp, plaintext, noembed, noframes",
  "audio, video, dialog, [hidden], .actions button, .fold, .st-key-watch",
  ...["ElementToolbar", "HeaderActionElements", "TooltipIcon", "Button", "DownloadButton", "FormSubmitButton",
    "LinkButton", "MenuButton", "PageLink", "FileUploader", "ChatInput", "CameraInput", "AudioInput", "Feedback",
    "WidgetInstructions", "Empty"].map((name) => `[data-testid="st${name}"]`),
  '[data-testid="stLayoutWrapper"]:not(.st-key-scope) > [data-testid="stPopover"]',
].join(", ")
const FILTERS = ["Popover", "Selectbox", "MultiSelect", "ButtonGroup", "Radio", "Checkbox", "Slider", "TextInput",
  "TextArea", "NumberInput", "DateInput", "TimeInput", "DateTimeInput"].map((name) => `[data-testid="st${name}"]`).join(", ")
const CHART = ".stVegaLiteChart > svg.marks"
const [WIDE, NARROW, STRETCH] = [760, 326, 1.25]
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
const FRAMES = ["stElementContainer", "stLayoutWrapper", "stVerticalBlock", "stForm"]
const KEPT = /^(class|id|style|title|lang|dir|colspan|rowspan|scope|open|d|fill.*|stroke.*|opacity|transform|viewBox|[xyr][12]?|[cfr][xy]|dx|dy|width|height|points|offset|stop-.*|gradient.*|clip.*|mask.*|text-anchor|font-.*|preserveAspectRatio|dominant-baseline|vector-effect|marker-.*|aria-(label|labelledby|hidden|sort|roledescription)|role|data-(label|testid|layout|variant|group|selected)|aria-selected|direction|display|version|xmlns.*|alt|start|type|kind)$/i
const LIVE_ROLES = /^(button|combobox|listbox|option|menu.*|radio.*|switch|slider|tab|textbox|checkbox|link)$/


const text = (node) => (node?.innerText ?? node?.textContent ?? "").replace(/\s+/g, " ").trim()
const label = (node) => text(node?.querySelector('[data-testid="stWidgetLabel"]')) || node?.querySelector("[aria-label]")?.ariaLabel || ""

function chosen(filter) {
  if (filter.matches('[data-testid="stCheckbox"]')) return filter.querySelector("input").checked ? "yes" : "no"
  const on = [...filter.querySelectorAll('[aria-checked="true"], [aria-pressed="true"], input:checked')]
  if (on.length) return on.map((one) => text(one.closest("label") || one)).filter(Boolean).join(", ")
  const shown = [...filter.querySelectorAll('[data-testid="stSliderThumbValue"], [role="group"]:has(> [role="spinbutton"])')]
  if (shown.length) return shown.map(text).map((one) => one.replace(/ ?([/.:-]) ?/g, "$1")).join(" – ")
  const tags = [...filter.querySelectorAll('[data-testid="stMultiSelectTag"], [data-tag], [data-baseweb="tag"]')].map(text)
  const typed = [...filter.querySelectorAll("input, textarea")].map((one) => one.value)
  return [...tags, ...typed].filter(Boolean).join(", ")
}

function told(filter) {
  const button = filter.querySelector('[data-testid="stPopoverButton"] [data-testid="stMarkdownContainer"]')
  const value = button ? text(button) : chosen(filter)
  if (!value) return null
  const name = button ? "" : label(filter)
  return el("p", "taken-choice", name && name !== value ? el("span", "", name) : null, el("b", "", value))
}

const isIcon = (node) =>
  node.localName === "span" && !node.childElementCount && getComputedStyle(node).fontFamily.includes("Material Symbols")

function icon(node) {
  const size = 64
  const paper = document.createElement("canvas")
  paper.width = paper.height = size
  const pen = paper.getContext("2d")
  pen.font = `${size}px "Material Symbols Rounded"`
  pen.textBaseline = "top"
  pen.fillText(node.textContent, 0, 0)
  const made = el("span", "taken-icon")
  made.style.setProperty("--icon", `url(${paper.toDataURL()})`)
  return made
}

function canvas(node) {
  const made = document.createElement("img")
  try {
    made.src = node.toDataURL()
  } catch {
    return el("p", "taken-note", "A picture of this page could not be taken.")
  }
  made.className = "taken-canvas"
  made.alt = node.ariaLabel || ""
  made.style.width = `${node.clientWidth || parseFloat(node.style.width) || node.width}px`
  return made
}

// Rows are painted as far as they are in view; beside the picture stands their text, for phones.
function painted(node) {
  const [paper, ...above] = node.querySelectorAll("canvas")
  if (!paper) return null
  const whole = paper.cloneNode()
  for (const layer of [paper, ...above]) whole.getContext("2d").drawImage(layer, 0, 0)
  const cells = (row) => [...row.children].map((cell) => el(cell.localName, "", cell.textContent))
  const rows = [...paper.querySelectorAll("tr")].map((row) => el("tr", "", ...cells(row)))
  const all = Number(paper.querySelector("table")?.getAttribute("aria-rowcount") || 0)
  const isCut = all > rows.length
  const table = el("div", "taken-narrow", el("table", "taken-table", ...rows))
  const note = isCut ? el("p", "taken-note", `The first ${rows.length - 1} of ${all - 1} rows; the page in the app has them all.`) : null
  return el("div", "taken-frame", el("div", "taken-chart", el("div", "taken-wide", canvas(whole)), table), note)
}

// Every tab is told, under its name: a file has nothing to click.
function tabs(node, made) {
  const names = [...node.querySelectorAll('[role="tab"]')].map(text)
  made.querySelector('[data-testid="stTab"]')?.parentElement.remove()
  ;[...made.querySelectorAll('[data-testid="stTabPanel"]')].forEach((panel, index) => panel.prepend(el("h5", "", names[index] || "")))
  return made
}

function attributes(node, made) {
  for (const { name, value } of node.attributes) {
    if (!KEPT.test(name) || (name === "role" && LIVE_ROLES.test(value))) continue
    if (name === "style") made.style.cssText = [...node.style].some((key) => /url\((?!["']?(#|data:))/i.test(node.style[key])) ? "" : value
    else if (!/url\((?!["']?#)/i.test(value) || name === "title" || name.startsWith("aria-")) made.setAttribute(name, value)
  }
}

function element(node, taken) {
  const tag = node.localName
  if (tag === "canvas") return canvas(node)
  if (tag === "iframe") return el("p", "taken-note", `An embedded page is not part of this file${node.title ? `: ${node.title}` : "."}`)
  if (tag === "img") {
    const made = document.createElement("img")
    attributes(node, made)
    made.dataset.from = node.currentSrc || node.src
    taken.images.push(made)
    return made
  }
  if (["input", "select", "textarea"].includes(tag)) return el("span", "", node.type === "checkbox" ? (node.checked ? "✓" : "–") : node.value)
  const isOut = tag === "a" && /^https?:$/.test(node.protocol) && node.origin !== location.origin
  const made = node.namespaceURI === SVG && tag !== "foreignObject"
    ? document.createElementNS(SVG, tag)
    : document.createElement({ button: "taken-button", form: "div", label: "div", a: isOut ? "a" : "taken-a" }[tag] || tag)
  attributes(node, made)
  if (isOut) Object.assign(made, { href: node.href, rel: "noopener noreferrer", className: "taken-link" })
  return made
}

function copy(node, taken) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data)
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(CONTROLS)) return null
  if (node.matches(".more")) return el("p", "taken-note", "The page in the app has more rows.")
  if (isIcon(node)) return icon(node)
  if (node.matches(FILTERS)) return told(node)
  if (node.matches('[data-testid="stDataFrame"]')) return painted(node)
  const made = element(node, taken)
  if (["canvas", "iframe", "img", "input", "select", "textarea"].includes(node.localName)) return made
  if (node.shadowRoot) {
    made.append(shadow(node.shadowRoot, taken))
    made.classList.toggle("taken-rows", Boolean(node.shadowRoot.querySelector("table, .rows")))
  }
  for (const child of node.childNodes) made.append(copy(child, taken) ?? "")
  made.normalize()
  const isFrame = FRAMES.includes(node.dataset?.testid) || node.matches(".actions")
  if (isFrame && node.childNodes.length && !made.childNodes.length) return null
  if (node.localName === "details") fold(node, made)
  if (node.matches('[data-testid="stTabs"]')) return tabs(node, made)
  if (node.matches(CHART)) return bothWidths(node, made, taken)
  return made
}

function fluid(drawn, mark) {
  const width = Number(drawn.getAttribute("width"))
  drawn.removeAttribute("height")
  drawn.setAttribute("width", "100%")
  drawn.style.maxWidth = `${Math.round(STRETCH * width)}px`
  drawn.classList.add(mark)
  for (const one of drawn.querySelectorAll("[id]")) one.id = `${mark}-${one.id}`
  for (const one of drawn.querySelectorAll("[clip-path], [fill^='url'], [mask]"))
    for (const name of ["clip-path", "fill", "mask"]) {
      const value = one.getAttribute(name)
      if (value?.startsWith("url(")) one.setAttribute(name, value.replace(/url\(["']?#/, `url(#${mark}-`).replace(/["']\)$/, ")"))
    }
  return drawn
}

function bothWidths(node, made, taken) {
  const other = taken.charts.get(node)
  if (!other || other.getAttribute("width") === node.getAttribute("width")) return fluid(made, "taken-same")
  const number = taken.numbered++
  const isWide = node.width.baseVal.value > Number(other.getAttribute("width"))
  const pair = [[made, isWide], [copy(other, taken), !isWide]]
  return el("div", "taken-chart", ...pair.map(([drawn, wide]) => {
    const name = wide ? "taken-wide" : "taken-narrow"
    const one = fluid(drawn, `${name}-${number}`)
    one.classList.add(name)
    return one
  }))
}

function fold(node, made) {
  const inside = [...made.children].filter((one) => one.localName !== "summary")
  if (node.open || inside.some((one) => text(one) || one.querySelector("svg, img, template"))) return
  made.classList.add("taken-empty")
  const name = made.querySelector("summary p") || made.querySelector("summary")
  name?.append(el("i", "taken-note", " (closed when this was taken)"))
}

function shadow(root, taken) {
  const made = document.createElement("template")
  made.setAttribute("shadowrootmode", "open")
  const inside = el("div")
  for (const child of root.childNodes) inside.append(copy(child, taken) ?? "")
  const sheets = [...root.styleSheets, ...root.adoptedStyleSheets].map((sheet) => rules(sheet.cssRules, inside)).join("\n")
  made.content.append(style(`taken-button { display: inline-block; text-align: center; }\n${sheets}\n${taken.print}`), ...inside.childNodes)
  return made
}

const style = (css) => el("style", "", css.replace(/<(?=\/|!)/g, "\\3c "))

const REAL = /::?(before|after|placeholder|selection|marker|backdrop|-webkit-[\w-]+|-moz-[\w-]+|first-l\w+|hover|focus[\w-]*|active|visited)(\([^)]*\))?/g
const renamed = (selector) => selector.replace(/(^|[\s>+~,(])button(?![\w-])/g, "$1taken-button").replace(/(^|[\s>+~,(])a(?![\w-])/g, "$1:is(a, taken-a)")

function isUsed(selector, root) {
  if (/(^|[\s,(])(html|body|:root|:host|\*)/.test(selector)) return true
  try {
    return Boolean(root.querySelector(selector.replace(REAL, ":is(*)")))
  } catch {
    return true
  }
}

function rules(list, root) {
  const kept = []
  for (const rule of list) {
    if (rule instanceof CSSStyleRule) {
      const selector = renamed(rule.selectorText)
      if (/url\((?!["']?(#|data:))/i.test(rule.cssText) || !isUsed(selector, root)) continue
      kept.push(`${selector} ${rule.cssText.slice(rule.cssText.indexOf("{", rule.selectorText.length - 1))}`)
    } else if (rule.cssRules && !(rule instanceof CSSKeyframesRule) && rule.media?.mediaText !== "print") {
      const inner = rules(rule.cssRules, root)
      if (inner) kept.push(`${rule.cssText.slice(0, rule.cssText.indexOf("{"))}{\n${inner}\n}`)
    }
  }
  return kept.join("\n")
}

async function dataUrl(address) {
  const blob = await (await fetch(address)).blob()
  return new Promise((done, failed) => {
    const reader = new FileReader()
    reader.onload = () => done(reader.result)
    reader.onerror = failed
    reader.readAsDataURL(blob)
  })
}

async function fonts() {
  const loaded = new Set([...document.fonts].filter((font) => font.status === "loaded").map(face))
  const found = []
  for (const sheet of document.styleSheets) {
    if (sheet.href && new URL(sheet.href).origin !== location.origin) continue
    for (const rule of sheet.cssRules) {
      const about = rule instanceof CSSFontFaceRule && rule.style
      const source = about && /url\("?([^")]+)/.exec(about.getPropertyValue("src"))
      if (!source || !loaded.has(face({
        family: about.getPropertyValue("font-family"), style: about.getPropertyValue("font-style"),
        weight: about.getPropertyValue("font-weight"), unicodeRange: about.getPropertyValue("unicode-range"),
      })) || about.getPropertyValue("font-family").includes("Material")) continue
      const address = new URL(source[1], sheet.href || document.baseURI)
      if (address.origin !== location.origin) continue
      const data = await dataUrl(address).catch(() => "")
      if (data) found.push(rule.cssText.replace(/src:[^;]+;/, `src: url("${data}") format("woff2");`))
    }
  }
  return found.join("\n")
}

function face({ family, style, weight, unicodeRange }) {
  return [family.replace(/["']/g, ""), style || "normal", weight || "normal", (unicodeRange || "U+0-10FFFF").replace(/\s/g, "").toUpperCase()].join("|")
}

async function images(list) {
  for (const image of list) {
    const { from } = image.dataset
    delete image.dataset.from
    try {
      image.src = from.startsWith("data:image/") ? from : await dataUrl(from)
      if (!image.src.startsWith("data:image/")) throw new TypeError("no image")
    } catch {
      image.replaceWith(el("span", "taken-note", image.alt))
    }
  }
}

const quoted = (value) => `"${value.replace(/[\\"<\n]/g, (mark) => `\\${mark.codePointAt(0).toString(16)} `)}"`

function paper(about, ground) {
  return `@page { size: A4 landscape; margin: 11mm 10mm 13mm; background: ${ground};
    @bottom-left { content: ${quoted(about.running)}; font: 8pt Inter, sans-serif; color: #777; }
    @bottom-right { content: counter(page) " / " counter(pages); font: 8pt Inter, sans-serif; color: #777; } }
  @media print { body { zoom: 0.7; } .stMainBlockContainer { max-width: none !important; padding: 0 !important; } }`
}

const pause = (time) => new Promise((next) => setTimeout(next, time))

async function settled() {
  const until = Date.now() + HELD
  const isBusy = () => document.querySelector(PAGE).querySelector(BUSY) ||
    document.querySelector('[data-testid="stVegaLiteChart"]:not(:has(svg, canvas))')
  while (isBusy() && Date.now() < until) await pause(100)
  await document.fonts.ready
}

// A chart is a picture of its width: drawn once as for a phone and once as for a desk.
async function redrawn() {
  const found = [...document.querySelectorAll(CHART)]
  const shown = (chart) => chart.closest('[data-testid="stVegaLiteChart"]')
  const frames = found.map((chart) => chart.closest('[data-testid="stFullScreenFrame"]') || shown(chart).parentElement)
  const before = found.map((chart) => chart.getAttribute("width"))
  const now = (index) => shown(found[index])?.querySelector(":scope > svg") || found[index]
  frames.forEach((frame, index) => (frame.style.width = `${found[index].width.baseVal.value > 420 ? NARROW : WIDE}px`))
  const until = Date.now() + REDRAW
  while (Date.now() < until && found.some((_, index) => now(index).getAttribute("width") === before[index])) await pause(50)
  await pause(50)
  const others = found.map((_, index) => now(index).cloneNode(true))
  frames.forEach((frame) => (frame.style.width = ""))
  const back = Date.now() + REDRAW
  while (Date.now() < back && found.some((_, index) => now(index).getAttribute("width") !== before[index])) await pause(50)
  return new Map(found.map((_, index) => [now(index), others[index]]))
}

async function file(about) {
  await settled()
  const taken = { print: about.print, images: [], charts: await redrawn(), numbered: 0 }
  const page = copy(document.querySelector(PAGE), taken)
  await images(taken.images)
  const back = el("a", "taken-link", "Open this page in the app")
  back.href = about.link
  page.append(el("footer", "taken-foot", ...about.lines.map((line) => el("p", "", line)), el("p", "", back)))
  const shells = [".stApp", ".stAppViewContainer", ".stMain"].map((name) => el("div", document.querySelector(name).className))
  shells.reduce((outer, inner) => (outer.append(inner), inner)).append(page)
  const made = document.implementation.createHTMLDocument(about.title)
  const [shown, meta] = [getComputedStyle(document.querySelector(".stApp")), (given) => Object.assign(made.createElement("meta"), given)]
  const sheets = [...document.styleSheets].filter((sheet) => !sheet.href || new URL(sheet.href).origin === location.origin)
  const ground = `html, body { background: ${shown.backgroundColor}; color-scheme: ${shown.colorScheme}; }`
  const css = [await fonts(), ...sheets.map((sheet) => rules(sheet.cssRules, shells[0])), about.style, ground, about.print, paper(about, shown.backgroundColor)]
  const charset = made.createElement("meta")
  charset.setAttribute("charset", "utf-8")
  made.head.prepend(charset, meta({ httpEquiv: "Content-Security-Policy", content: POLICY }),
    meta({ name: "viewport", content: "width=device-width, initial-scale=1" }))
  made.head.append(style(css.join("\n")))
  made.documentElement.lang = document.documentElement.lang || "en"
  made.body.append(shells[0])
  return `<!DOCTYPE html>\n${made.documentElement.outerHTML}`
}

function save(html, { name }) {
  const link = el("a")
  link.href = URL.createObjectURL(new Blob([html], { type: "text/html" }))
  link.download = `${name}.html`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

async function print(html, about) {
  const frame = el("iframe")
  frame.style.cssText = "position:fixed; left:-300vw; width:1440px; height:900px; border:0"
  const loaded = new Promise((next) => (frame.onload = next))
  frame.srcdoc = html
  document.body.append(frame)
  await loaded
  await frame.contentDocument.fonts.ready
  const title = document.title
  document.title = about.name
  const done = () => {
    document.title = title
    setTimeout(() => frame.remove(), 1_000)
  }
  frame.contentWindow.onafterprint = done
  frame.contentWindow.focus()
  frame.contentWindow.print()
  setTimeout(done, 10 * 60_000)
}

function cover(text) {
  const made = el("div", "", text)
  made.setAttribute("role", "status")
  const look = getComputedStyle(document.querySelector(".stApp"))
  made.style.cssText = `position:fixed; inset:0; z-index:2147483000; display:grid; place-items:center; font:500 15px ${look.fontFamily};`
  made.style.background = look.backgroundColor
  made.style.color = look.color
  document.body.append(made)
  return made
}

async function take(about, told) {
  const shade = cover(about.making)
  told.textContent = ""
  try {
    const html = await file(about)
    shade.remove()
    await (about.kind === "pdf" ? print : save)(html, about)
  } catch (error) {
    told.textContent = `${about.failed} (${error.message})`
  } finally {
    shade.remove()
  }
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".take_away")
  if (!box) return
  if (!box.told) {
    box.told = el("p", "told")
    box.told.setAttribute("role", "status")
    const buttons = data.choices.map(([kind, text, help]) => {
      const button = el("button", "choice", el("b", "", text), el("span", "", help))
      button.type = "button"
      button.onclick = () => setTriggerValue("take", kind)
      return button
    })
    box.replaceChildren(...buttons, box.told)
  }
  if (data.refused) box.told.textContent = data.refused
  if (!data.granted || box.taken === data.granted.id) return
  box.taken = data.granted.id
  take(data.granted, box.told)
}
