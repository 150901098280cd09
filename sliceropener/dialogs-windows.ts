/** The four short scripts behind the windows on Windows. They are constant: every text comes in through the environment. */

/** Their exit code when the person answered with nothing; a picked row is this plus its number, from 1. */
export const ANSWERED = 100;

export const PS_TELL = `
$ErrorActionPreference = 'Stop'
try {
  [void](New-Object -ComObject WScript.Shell).Popup($env:SLICEROPENER_TEXT, [int]$env:SLICEROPENER_SECONDS, $env:SLICEROPENER_TITLE, [int]$env:SLICEROPENER_FLAGS)
  exit ${ANSWERED}
} catch { exit 1 }`;

/** The first window of a hidden process stays hidden, so an empty one goes first. */
export const PS_CHOOSE = `
$ErrorActionPreference = 'Stop'
try {
  Add-Type -AssemblyName System.Windows.Forms
  $first = New-Object System.Windows.Forms.Form
  $first.ShowInTaskbar = $false; $first.Opacity = 0; $first.Show(); $first.Hide()
  $form = New-Object System.Windows.Forms.Form
  $form.Text = $env:SLICEROPENER_TITLE; $form.TopMost = $true; $form.StartPosition = 'CenterScreen'
  $form.Font = New-Object System.Drawing.Font('Segoe UI', 10)
  $form.ClientSize = New-Object System.Drawing.Size(400, 300); $form.MinimizeBox = $false; $form.MaximizeBox = $false
  $label = New-Object System.Windows.Forms.Label
  $label.Text = $env:SLICEROPENER_TEXT; $label.Dock = 'Top'; $label.Height = 44; $label.Padding = 10
  $list = New-Object System.Windows.Forms.ListBox
  $list.Dock = 'Fill'; $list.IntegralHeight = $false
  $env:SLICEROPENER_ROWS -split "\\n" | ForEach-Object { [void]$list.Items.Add($_) }
  $list.SelectedIndex = 0
  $ok = New-Object System.Windows.Forms.Button
  $ok.Text = 'Open'; $ok.Dock = 'Bottom'; $ok.Height = 40; $ok.DialogResult = 'OK'
  $list.Add_DoubleClick({ $form.DialogResult = 'OK' })
  $timer = New-Object System.Windows.Forms.Timer
  $timer.Interval = 120000; $timer.Add_Tick({ $form.DialogResult = 'Cancel' }); $timer.Start()
  $form.AcceptButton = $ok
  $form.Controls.AddRange(@($list, $label, $ok)); $list.BringToFront()
  $form.Add_Shown({ $form.Activate(); $list.Focus() })
  if ($form.ShowDialog() -eq 'OK') { exit ${ANSWERED} + 1 + $list.SelectedIndex }
  exit ${ANSWERED}
} catch { exit 1 }`;

export const VBS_TELL = `
Set shell = CreateObject("WScript.Shell")
Set env = shell.Environment("PROCESS")
shell.Popup env("SLICEROPENER_TEXT"), CInt(env("SLICEROPENER_SECONDS")), env("SLICEROPENER_TITLE"), CInt(env("SLICEROPENER_FLAGS"))
WScript.Quit ${ANSWERED}
`;

export const VBS_CHOOSE = `
Set shell = CreateObject("WScript.Shell")
Set env = shell.Environment("PROCESS")
rows = Split(env("SLICEROPENER_ROWS"), vbLf)
question = env("SLICEROPENER_TEXT") & vbCrLf
For i = 0 To UBound(rows)
  question = question & vbCrLf & (i + 1) & "  " & rows(i)
Next
answer = InputBox(question & vbCrLf & vbCrLf & "Enter a number:", env("SLICEROPENER_TITLE"), "1")
If IsNumeric(answer) Then WScript.Quit ${ANSWERED} + CInt(answer)
WScript.Quit ${ANSWERED}
`;
