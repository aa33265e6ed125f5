// What is picked on a page belongs to that page's entry in the way back. Streamlit adds an
// entry for every parameter, so that "back" would first lead to the page without them.
if (!history.staysOnPage) {
  const add = history.pushState
  history.pushState = function (state, unused, url) {
    const stays = new URL(url ?? "", location.href).pathname === location.pathname
    return (stays ? history.replaceState : add).call(history, state, unused, url)
  }
  history.staysOnPage = true
}

const SVG = "http://www.w3.org/2000/svg"

function el(tag, classes, ...children) {
  const made = document.createElement(tag)
  if (classes) made.className = classes
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""))
  return made
}

function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

function path(values, low, high, closed) {
  const span = high - low || 1
  const step = 100 / Math.max(1, values.length - 1)
  let text = ""
  let open = false
  let start = 0
  let end = 0
  const close = (x) => (closed && open ? `L${x.toFixed(2)},40L${start.toFixed(2)},40Z` : "")
  values.forEach((value, index) => {
    if (value === false) return
    const x = step * index
    if (value === null) {
      text += close(end)
      open = false
      return
    }
    const y = 37 - (34 * (value - low)) / span
    if (!open) start = x
    text += `${open ? "L" : "M"}${x.toFixed(2)},${y.toFixed(2)}`
    open = true
    end = x
  })
  return text + close(end)
}

function spark(data) {
  if (!data) return null
  const all = [...data.now, ...data.before].filter((value) => typeof value === "number")
  const low = Math.min(...all)
  const high = Math.max(...all)
  const frame = svg("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" })
  if (data.before.length > 1) frame.append(svg("path", { class: "old", d: path(data.before, low, high) }))
  if (data.now.length > 1) {
    frame.append(svg("path", { class: "area", d: path(data.now, low, high, true) }))
    frame.append(svg("path", { class: "now", d: path(data.now, low, high) }))
  }
  const ends = el("div", "ends", el("span", "", data.high), el("span", "", data.low))
  return el("div", "spark", frame, ends)
}

function badges(figure) {
  if (!figure.badges?.length) return null
  const made = figure.badges.map((one) => {
    const badge = el("span", "badge", one.text)
    badge.title = one.help
    return badge
  })
  return el("div", "badges", ...made)
}

function change(figure) {
  if (!figure.change) return null
  const arrow = { up: "▲ ", down: "▼ " }[figure.arrow] || ""
  return el("span", `change ${figure.tone}`, arrow + figure.change)
}

function target(figure) {
  if (!figure.target) return null
  const track = el("div", `target ${figure.target.tone}`, el("i", "track"), el("i", "fill"), el("i", "tick"))
  track.title = figure.target.text
  track.children[1].style.width = `${figure.target.fill}%`
  track.children[2].style.left = `${figure.target.tick}%`
  return track
}

function value(figure) {
  const text = el("div", "value", figure.value)
  if (figure.noun) text.append(" ", el("small", "", figure.noun))
  return text
}
