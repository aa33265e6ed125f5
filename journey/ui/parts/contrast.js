function track(points, side) {
  const frame = el("div", `track ${side}`)
  const place = (name) => `${points[name]}%`
  if (points.low !== undefined && points.high !== undefined) {
    const spread = el("i", "spread")
    spread.style.left = place("low")
    spread.style.width = `${points.high - points.low}%`
    frame.append(spread)
  }
  for (const name of ["was", "now"]) {
    if (points[name] === undefined) continue
    const dot = el("i", name)
    dot.style.left = place(name)
    frame.append(dot)
  }
  return frame
}

function side(figure, name, called) {
  const small = [figure.units, figure.was].filter(Boolean).join(" · ")
  const made = el("div", `side ${name}`, el("b", "", figure.value), el("small", "", small))
  made.dataset.label = called
  return made
}

function price(text) {
  const [amount, range] = text.split(" (")
  return el("div", "cost", amount && el("b", "", amount), range && el("small", "", `(${range}`))
}

function contrastLine(row, data, send) {
  const line = el("button", `pair ${row.tone}`)
  line.type = "button"
  line.title = row.definition
  line.setAttribute("aria-label", row.label)
  line.onclick = () => send({ action: "open", key: row.key })
  const arrow = row.arrow ? `${row.arrow} ` : ""
  const drawn = el("div", "dots")
  if (row.dots) drawn.append(track(row.dots[0], "here"), track(row.dots[1], "there"))
  line.append(
    el("div", "what", el("span", "title", row.title), el("small", "", data.staged ? row.stage : "", data.staged && row.note ? " · " : "", row.note)),
    side(row.here, "here", data.here),
    side(row.there, "there", data.there),
    el("div", "gap", el("b", "", arrow + row.gap), el("small", "", row.interval)),
    drawn,
    price(row.cost),
  )
  return line
}

function heads(data) {
  const named = (name, kind) => el("span", `head ${kind}`, el("i", kind), el("span", "", name))
  return el("div", "heads", el("span", "", ""), named(data.here, "here"), named(data.there, "there"),
    el("span", "", "Difference"), el("span", "legend", el("i", "was"), " before  ", el("i", "spread"), " 95% interval"),
    el("span", "", ""))
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".contrast")
  if (!box) return
  const send = (message) => setTriggerValue("act", message)
  const held = parentElement.getRootNode().activeElement?.ariaLabel
  const lines = []
  let group = null
  for (const row of data.rows) {
    if (!data.staged && row.stage !== group) lines.push(el("h5", "", row.stage))
    group = row.stage
    lines.push(contrastLine(row, data, send))
  }
  box.replaceChildren(...(lines.length ? [heads(data), ...lines] : [el("p", "", data.empty)]))
  if (held) [...box.querySelectorAll("button")].find((button) => button.ariaLabel === held)?.focus()
}
