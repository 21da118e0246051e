/* SPDX-License-Identifier: Apache-2.0 */
/* Datasette's editor in the place of the text area: CodeMirror 6 in its 1.0, CodeMirror 5 before that. */
(() => {
  const area = document.querySelector("textarea#sql-editor");
  if (!area) return;
  const label = "SQL";
  const names = document.getElementById("sql-names");
  let read, write;
  if (window.cm) {
    const editor = cm.editorFromTextArea(area, { schema: names ? JSON.parse(names.textContent) : {} });
    editor.contentDOM.setAttribute("aria-label", label);
    editor.scrollDOM.setAttribute("tabindex", "-1");
    read = () => editor.state.doc.toString();
    write = (text) => editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  } else if (window.CodeMirror) {
    const editor = CodeMirror.fromTextArea(area, { lineNumbers: true, mode: "text/x-sql", lineWrapping: true, extraKeys: { "Shift-Enter": () => area.form.submit(), Tab: false } });
    editor.getInputField().setAttribute("aria-label", label);
    read = () => editor.getValue();
    write = (text) => editor.setValue(text);
  } else return;
  const format = document.getElementById("sql-format");
  if (format && window.sqlFormatter) {
    format.hidden = false;
    format.addEventListener("click", () => write(sqlFormatter.format(read())));
  }
})();
