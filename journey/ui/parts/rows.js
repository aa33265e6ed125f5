const NARROW = 640

const told = (row, text) =>
  el("div", "", el("div", "title", row.title), text, row.note ? el("div", "text", row.note) : "")

function buttons(row, send) {
  return (row.actions || []).map(([action, label]) => {
    const button = el("button", action === "follow_up" ? "main" : "", label)
    button.type = "button"
    button.setAttribute("aria-label", `${label}: ${row.title}`)
    button.onclick = () => send({ action, key: row.key })
    return button
  })
}

function ranked(row, index, send, isNarrow) {
  const line = el("div", index ? "line ranked" : "line ranked first")
  const side = el("div", "actions", ...buttons(row, send))
  const cost = el("div", "cost", el("span", "amount", row.amount), el("span", "text", row.spread))
  line.append(el("div", "rank", String(row.rank)), told(row, el("div", "text", row.text)), cost)
  if (!side.childNodes.length) return line
  if (isNarrow) {
    const folded = el("details", "fold", el("summary", "", "What to do"), side)
    line.append(folded)
  } else line.append(side)
  return line
}

function item(row, index, send) {
  const line = el("div", index ? "line" : "line first")
  const text = el("div", "text", row.text)
  if (row.amount) text.append(row.text ? " · " : "", el("span", "amount", row.amount))
  line.append(told(row, text))
  const side = el("div", "actions")
  if (row.chip) side.append(el("span", `chip ${row.tone || ""}`, row.chip))
  side.append(...buttons(row, send))
  if (side.childNodes.length) line.append(side)
  return line
}

function figureLine(figure, index, send) {
  const line = el("button", index ? "line" : "line first")
  line.type = "button"
  line.title = figure.definition
  line.setAttribute("aria-label", figure.label)
  line.onclick = () => send({ action: "open", key: figure.key })
  line.append(el("div", "title", figure.title, badges(figure)))
  if (!figure.value) {
    line.append(el("div", "missing", figure.message))
    return line
  }
  const told = el("div", "figure", figure.value)
  const aim = target(figure)
  if (aim) told.append(aim)
  line.append(told, change(figure) || el("span", "change flat", ""))
  const drawn = spark(figure.spark)
  line.append(drawn || el("div", ""))
  return line
}

function underGroup(figure, index, send, groups) {
  const group = groups?.[index]
  const begins = group && group !== groups[index - 1]
  const line = figureLine(figure, begins ? 0 : index, send)
  return begins ? [el("h5", "", group), line] : [line]
}

function folders(rows, lines, box) {
  const opened = new Set([...box.querySelectorAll("details[open]")].map((one) => one.dataset.group))
  const groups = new Map()
  rows.forEach((row, index) => groups.set(row.group, [...(groups.get(row.group) || []), lines[index]]))
  return [...groups].map(([name, own]) => {
    const folder = el("details", "folder", el("summary", "", name, el("span", "", String(own.length))), ...own)
    folder.dataset.group = name
    folder.open = opened.has(name)
    return folder
  })
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".rows")
  if (!box) return
  const send = (message) => setTriggerValue("act", message)
  const wasOpen = box.querySelector("details")?.open
  const isNarrow = Boolean(box.clientWidth) && box.clientWidth <= NARROW
  const draw = data.ranked ? ranked : item
  let lines = data.figures
    ? data.figures.flatMap((figure, index) => underGroup(figure, index, send, data.groups))
    : data.rows.map((row, index) => draw(row, index, send, isNarrow))
  if (!lines.length && data.empty) lines.push(el("p", "", data.empty))
  if (data.grouped) lines = folders(data.rows, lines, box)
  if (!data.closable) {
    box.replaceChildren(...[data.title && el("h4", "", data.title), data.text && el("p", "", data.text)].filter(Boolean), ...lines)
    return
  }
  const details = el("details", "", el("summary", "", data.title, el("span", "", data.text)), ...lines)
  details.open = wasOpen ?? (box.clientWidth || 1000) > 560
  box.replaceChildren(details)
}
