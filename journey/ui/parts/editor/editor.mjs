// The SQL editor: CodeMirror with completion of tables, columns and functions.
import {
  autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap,
  selectedCompletion,
} from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands"
import { PostgreSQL, sql } from "@codemirror/lang-sql"
import { bracketMatching, HighlightStyle, syntaxHighlighting, syntaxTree } from "@codemirror/language"
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint"
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search"
import { EditorState, Prec } from "@codemirror/state"
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars,
  keymap, lineNumbers, placeholder,
} from "@codemirror/view"
import { tags } from "@lezer/highlight"

const WORDS = ("select from where group by order by having limit with as join left join inner join using on"
  + " and or not in is null between like ilike case when then else end distinct union all filter over"
  + " all partition by coalesce cast asc desc nulls last exclude replace true false interval").match(
  /(?:group|order|partition) by|(?:left|inner) join|union all|nulls last|\w+/g)

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--word)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--name)" },
])

const look = EditorView.theme({
  "&": { color: "var(--st-text-color)", backgroundColor: "var(--card)", fontSize: "13.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--st-code-font, monospace)", lineHeight: "1.55", minHeight: "11.5em", maxHeight: "32em" },
  ".cm-content": { caretColor: "var(--st-text-color)", padding: "9px 0" },
  ".cm-cursor": { borderLeftColor: "var(--st-text-color)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--st-primary-color) 26%, transparent)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--st-text-color) 4%, transparent)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted)", border: "none" },
  ".cm-placeholder": { color: "var(--muted)" },
  ".cm-tooltip": {
    backgroundColor: "var(--card)", color: "var(--st-text-color)", border: "1px solid var(--line)",
    borderRadius: "8px", boxShadow: "0 8px 24px -12px rgb(0 0 0 / 0.45)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--st-code-font, monospace)", maxHeight: "15em", borderRadius: "8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "color-mix(in srgb, var(--st-primary-color) 18%, var(--card))", color: "var(--st-text-color)",
  },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", fontSize: "0.88em" },
  ".cm-completionInfo": { padding: "7px 10px", maxWidth: "22em", fontFamily: "var(--st-font)", fontSize: "12.5px" },
  ".cm-panels": { backgroundColor: "var(--card)", color: "var(--st-text-color)", borderColor: "var(--line)" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--bad) 1px", backgroundImage: "none" },
  ".cm-diagnostic": { fontFamily: "var(--st-font)", fontSize: "12.5px", padding: "6px 10px" },
  "@container (max-width: 480px)": { ".cm-scroller": { fontSize: "16px" } },
})

function option(label, type, detail, info, boost) {
  return { label, type, detail, info: info || undefined, boost }
}

function columns(known, table, boost) {
  return known.tables[table].map(([name, kind, about]) => option(name, "property", kind, about, boost))
}

// What an alias stands for: "from traffic t" and "join orders as o".
function aliases(text, known) {
  const found = {}
  for (const [, table, name] of text.matchAll(/\b(\w+)\s+(?:as\s+)?([a-z_]\w*)\b/gi)) {
    if (known.tables[table.toLowerCase()]) found[name.toLowerCase()] = table.toLowerCase()
  }
  return found
}

function completions(get) {
  return (context) => {
    const known = get()
    const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name
    if (/String|Comment/.test(inside)) return null
    const text = context.state.doc.toString()
    const member = context.matchBefore(/\b\w+\.\w*/)
    if (member) {
      const name = member.text.split(".")[0].toLowerCase()
      const table = known.tables[name] ? name : aliases(text, known)[name]
      return table ? { from: member.from + name.length + 1, options: columns(known, table), validFor: /^\w*$/ } : null
    }
    const word = context.matchBefore(/[$\w]+/)
    if (!word && !context.explicit) return null
    // A name that is being given is nobody else's to complete.
    if (word && /\bas\s+$/i.test(context.state.sliceDoc(Math.max(0, word.from - 40), word.from))) return null
    const tables = Object.keys(known.tables)
    const used = tables.filter((table) => new RegExp(`\\b${table}\\b`, "i").test(text))
    const own = [...text.matchAll(/\bas\s+([a-z_]\w*)/gi)].map(([, name]) => name)
    const options = [
      ...own.map((name) => option(name, "variable", "", "", 3)),
      // Who begins with "select" has named no table yet: then any column may be meant.
      ...(used.length ? used : tables).flatMap((table) => columns(known, table, 2)),
      ...tables.map((table) => option(table, "class", "table", known.about[table], 1)),
      ...["$start", "$end", "$through"].map((name) => option(name, "variable", "day", known.about[name])),
      ...known.functions.map((name) => option(name, "function")),
      ...WORDS.map((name) => option(name, "keyword", "", "", -1)),
    ]
    const unique = [...new Map(options.map((each) => [`${each.type} ${each.label}`, each])).values()]
    return { from: word ? word.from : context.pos, options: unique, validFor: /^[$\w]*$/ }
  }
}

function diagnostics(state, problems) {
  return problems.filter((one) => one.line && one.line <= state.doc.lines).map((one) => {
    const line = state.doc.line(one.line)
    const start = line.from + (line.text.length - line.text.trimStart().length)
    return { from: start, to: Math.max(start, line.to), severity: "error", message: one.text }
  })
}

// A word that is there in full needs no completion: Enter then begins the next line.
function leave(view) {
  const label = selectedCompletion(view.state)?.label
  const { head } = view.state.selection.main
  if (label && view.state.sliceDoc(Math.max(0, head - label.length), head).toLowerCase() === label.toLowerCase()) {
    closeCompletion(view)
  }
  return false
}

// Returns a handle on a new editor inside `parent`: text(), insert(), replace(), mark(), know().
export function mount(parent, { text, known, label, hint, onRun, onChange }) {
  let knows = known
  const run = (view) => { closeCompletion(view); onRun(); return true }
  const view = new EditorView({
    parent,
    root: parent.getRootNode(),
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run }, { key: "Enter", run: leave }])),
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(),
        bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }),
        lintGutter(), sql({ dialect: PostgreSQL }), syntaxHighlighting(colours), look,
        // Enter takes the first of the list: only what begins with what was typed may stand there.
        autocompletion({ override: [completions(() => knows)], icons: false, filterStrict: true }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap,
          ...completionKeymap, ...lintKeymap]),
        placeholder(hint), EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, autocapitalize: "off", autocorrect: "off", spellcheck: "false" }),
        EditorView.updateListener.of((update) => { if (update.docChanged) onChange(update.state.doc.toString()) }),
      ],
    }),
  })
  return {
    text: () => view.state.doc.toString(),
    know: (next) => { knows = next },
    mark: (problems) => view.dispatch(setDiagnostics(view.state, diagnostics(view.state, problems))),
    insert: (piece) => { view.dispatch(view.state.replaceSelection(piece)); view.focus() },
    replace: (whole) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: whole } }),
  }
}
