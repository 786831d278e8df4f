using Alumia.Lab.Sessions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Alumia.Lab.Chat;

/// <summary>The project's sessions: which one is open, and to open, rename and delete them.</summary>
public sealed partial class SessionMenu
{
    private bool _isOpen;
    private string? _renaming;
    private string? _deleting;
    private string _label = "";
    private string? _refusal;
    private bool _isBeginning;
    private ElementReference _first;
    private ElementReference _button;

    [Parameter, EditorRequired]
    public IReadOnlyList<Session> Sessions { get; set; } = [];

    [Parameter]
    public Session? Current { get; set; }

    [Parameter]
    public bool MayAct { get; set; }

    [Parameter]
    public EventCallback<string> Open { get; set; }

    [Parameter, EditorRequired]
    public Func<Session, string, Task> Rename { get; set; } = null!;

    [Parameter, EditorRequired]
    public Func<Session, Task> Delete { get; set; } = null!;

    private Task OpenAsync(string sessionId)
    {
        _isOpen = false;
        return Open.InvokeAsync(sessionId);
    }

    private async Task RenameAsync(Session session)
    {
        if (await TryAsync(() => Rename(session, _label.Trim())))
            _renaming = null;
    }

    private async Task DeleteAsync(Session session)
    {
        if (await TryAsync(() => Delete(session)))
            _deleting = null;
    }

    private async Task RenameKeyAsync(KeyboardEventArgs args, Session session)
    {
        if (args.Key == "Enter")
            await RenameAsync(session);
    }

    /// <summary>One at a time; the keyboard goes to where the row's question is answered.</summary>
    private void Begin(Session? renaming = null, Session? deleting = null)
    {
        (_renaming, _deleting, _label, _refusal) = (renaming?.Id, deleting?.Id, renaming?.Label ?? "", null);
        _isBeginning = true;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isBeginning)
            return;
        _isBeginning = false;
        await _first.FocusAsync();
    }

    private async Task LeaveAsync(KeyboardEventArgs args)
    {
        if (args.Key != "Escape" || !_isOpen)
            return;
        _isOpen = (_renaming ?? _deleting) is not null;
        (_renaming, _deleting) = (null, null);
        await _button.FocusAsync();
    }

    private async Task<bool> TryAsync(Func<Task> deed)
    {
        try
        {
            _refusal = null;
            await deed();
            return true;
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
            return false;
        }
    }
}
