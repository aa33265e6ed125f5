// Streamlit draws what a button opens at the end of the document and leaves the focus behind,
// and gives none back when a dialog closes. Tab leads into it and out again; the button that
// opened a dialog has the focus afterwards, also where a new run drew it anew.
const STOPS = "a[href], button, input, textarea, select, summary, [tabindex='0']"
const POPOVER = "[data-testid='stPopoverBody']"
const DIALOG = `[role='dialog']:not(${POPOVER})`
const FRAMES = 60
let opener = null
let listening = false

// Streamlit opens its folds in script, which no style can stop for who wants no motion.
const still = matchMedia("(prefers-reduced-motion: reduce)")
const animate = Element.prototype.animate
if (!animate.isStill) {
  Element.prototype.animate = function (frames, given) {
    const options = typeof given === "number" ? { duration: given } : given
    return animate.call(this, frames, still.matches ? { ...options, duration: 0 } : options)
  }
  Element.prototype.animate.isStill = true
}

function everything(root) {
  return [...root.querySelectorAll("*")].flatMap((node) =>
    node.shadowRoot ? everything(node.shadowRoot) : [node])
}

function stops(root) {
  return everything(root).filter((node) =>
    node.matches(STOPS) && node.tabIndex >= 0 && !node.disabled && node.getClientRects().length)
}

function focused() {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
  return node
}

function named(node) {
  return node.getAttribute("aria-label") || node.textContent
}

function goOn(event) {
  const body = document.querySelector(POPOVER)
  const button = document.querySelector("[data-testid='stPopoverButton'][aria-expanded='true']")
  if (!body || !button) return
  const within = stops(body)
  const now = focused()
  const end = event.shiftKey ? within[0] : within.at(-1)
  const next = now === button && !event.shiftKey ? within[0] : now === end ? button : null
  if (!next) return
  event.preventDefault()
  next.focus()
}

function giveBack(frames) {
  if (!opener || !frames) return
  if (document.querySelector(DIALOG)) return requestAnimationFrame(() => giveBack(frames - 1))
  const { node, name } = opener
  const again = node.isConnected ? node : stops(document).find((other) => named(other) === name)
  if (focused() === document.body) again?.focus()
}

function pressed(event) {
  const isOpen = document.querySelector(DIALOG)
  if (event.key === "Tab") goOn(event)
  if (!["Enter", " ", "Escape"].includes(event.key)) return
  if (isOpen) giveBack(FRAMES)
  else if (event.key !== "Escape") opener = { node: focused(), name: named(focused()) }
}

export default function () {
  if (listening) return
  listening = true
  document.addEventListener("keydown", pressed, true)
}
