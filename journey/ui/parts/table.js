const ROWS = 100
const PHONE_ROWS = 3
const PHONE = 560
const DETAILS = 3

function compare(a, b, locale) {
  if (typeof a === "string" && typeof b === "string") return a.localeCompare(b, locale, { numeric: true })
  return a < b ? -1 : a > b ? 1 : 0
}

function order(data, sort) {
  const rows = data.rows.map((_, index) => index)
  if (!sort) return rows
  const column = data.columns[sort.column]
  const values = column.values || data.rows.map((row) => row[sort.column])
  const empty = (index) => values[index] === null || values[index] === data.nothing
  return rows.sort((a, b) => {
    if (empty(a) || empty(b)) return empty(a) - empty(b) || a - b
    return (sort.down ? -1 : 1) * compare(values[a], values[b], data.locale) || a - b
  })
}

function cell(column, text, lead, nothing, why) {
  const made = el("td", [column.kind, lead, text === nothing || text === "" ? "empty" : ""].join(" "))
  made.dataset.label = column.label
  if (column.kind !== "link") made.append(text)
  else if (text.startsWith("https://")) {
    const link = el("a", "", "Open")
    Object.assign(link, { href: text, target: "_blank", rel: "noopener noreferrer" })
    made.append(link)
  }
  if (text.length > 30 && column.kind === "text") made.title = text
  if (why) made.title = why[0].toUpperCase() + why.slice(1)
  return made
}

export default function ({ data: [data], parentElement }) {
  const box = parentElement.querySelector(".table")
  if (!box) return
  const lead = data.columns.findIndex((column, index) => index > 0 && column.kind === "number")
  const sort = box.sorted && box.sorted.column < data.columns.length ? box.sorted : null
  const body = el("tbody")
  const more = el("button", "more")
  let rows = []

  const fill = () => {
    const from = body.childElementCount
    const isPhone = box.clientWidth && box.clientWidth <= PHONE
    const isFirst = !from && isPhone && rows.length > PHONE_ROWS + 1
    for (const index of rows.slice(from, from + (isFirst ? PHONE_ROWS : ROWS))) {
      const cells = data.rows[index].map((text, place) =>
        cell(data.columns[place], text, place === lead ? "lead" : "", data.nothing,
          data.columns[place].gaps?.[index]))
      const details = cells.slice(1).filter((one) => !one.matches(".lead, .empty"))
      for (const one of details.slice(DETAILS)) one.classList.add("later")
      body.append(el("tr", "", ...cells))
    }
    const left = rows.length - body.childElementCount
    more.hidden = left <= 0
    more.textContent = left <= ROWS ? data.all : "Show more rows"
    box.classList.toggle("folded", Boolean(isFirst && left > 0))
  }
  const draw = (chosen) => {
    box.sorted = chosen
    rows = order(data, chosen)
    body.replaceChildren()
    fill()
    heads.forEach((head, index) => head.setAttribute("aria-sort",
      chosen?.column !== index ? "none" : chosen.down ? "descending" : "ascending"))
  }
  const heads = data.columns.map((column, index) => {
    const button = el("button", "", column.label)
    button.type = "button"
    if (column.help) button.title = column.help
    button.onclick = () => {
      const again = box.sorted?.column === index
      draw({ column: index, down: again ? !box.sorted.down : column.kind === "number" })
    }
    const head = el("th", column.kind, button)
    head.scope = "col"
    return head
  })
  const hint = () => box.classList.toggle("wide", box.scrollWidth - box.clientWidth - box.scrollLeft > 4)
  box.onscroll = hint
  box.seen?.disconnect()
  box.seen = new ResizeObserver(hint)
  box.seen.observe(box)
  more.type = "button"
  more.onclick = fill
  draw(sort)
  box.tabIndex = 0
  box.replaceChildren(el("table", "", el("thead", "", el("tr", "", ...heads)), body), more)
}
