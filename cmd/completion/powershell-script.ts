/** The completion of PowerShell, from version 5.1 on. */
export const POWERSHELL_SCRIPT = `# Completion of kubectl-reload for PowerShell. Load it with: kubectl reload completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName 'kubectl-reload', 'kubectl-reload.exe' -ScriptBlock {
    param($WordToComplete, $CommandAst, $CursorPosition)

    # The words up to the cursor, without quotes. Nothing in them is expanded: pressing TAB runs nothing.
    $Words = @()
    $Current = ''
    foreach ($Element in $CommandAst.CommandElements) {
        $Extent = $Element.Extent
        if ($Extent.StartOffset -ge $CursorPosition) { break }
        $Text = if ($Element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $Element.Value } else { $Extent.Text }
        if ($Extent.EndOffset -lt $CursorPosition) {
            $Words += $Text
        } elseif ($Extent.EndOffset -eq $CursorPosition) {
            $Current = $Text
        } else {
            $Current = $Extent.Text.Substring(0, $CursorPosition - $Extent.StartOffset).Trim("'", '"')
        }
    }
    $Program = $Words[0]
    if (-not (Get-Command -Name $Program -CommandType Application -ErrorAction SilentlyContinue)) { $Program = 'kubectl-reload' }
    $Arguments = @($Words | Select-Object -Skip 1)
    # An empty word is lost before PowerShell 7.3: two quotes stand for it.
    $Arguments += $(if ($Current -eq '') { '""' } else { $Current })
    $Answer = @(& $Program __complete @Arguments 2>$null)
    if ($Answer.Count -eq 0 -or $Answer[-1] -notmatch '^:\\d+$') { return }
    $Directive = [int]$Answer[-1].Substring(1)

    # Of --flag=value the answer holds the value.
    $Flag = ''
    if ($Current -match '^(-[^=]*=)(.*)$') {
        $Flag = $Matches[1]
        $Current = $Matches[2]
    }
    # PowerShell takes words apart at commas, and replaces only the piece at the cursor.
    $Kept = ''
    if ($Current.EndsWith(',' + $WordToComplete, [StringComparison]::Ordinal)) {
        $Kept = $Current.Substring(0, $Current.Length - $WordToComplete.Length)
    }
    $Results = @(
        foreach ($Line in ($Answer | Select-Object -SkipLast 1)) {
            $Name, $Description = $Line.Split("\`t", 2)
            if (-not $Name.StartsWith($Current, [StringComparison]::Ordinal)) { continue }
            if (-not $Description) { $Description = $Name }
            $Text = if ($Kept) { $Name.Substring($Kept.Length) } else { $Flag + $Name }
            if ($Text -notmatch '^[\\w./:=+%,-]+$') { $Text = "'" + $Text.Replace("'", "''") + "'" }
            [System.Management.Automation.CompletionResult]::new($Text, $Name, 'ParameterValue', $Description)
        }
    )
    # Where nothing is offered, PowerShell offers files; an empty text says that there are none to offer.
    if ($Results.Count -eq 0 -and ($Directive -band 4) -ne 0) { '' } else { $Results }
}
`;
