using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Api;

/// <summary>Makes a key, or a new one in an old one's place, and shows it once.</summary>
public sealed partial class KeyDialog(ApiKeys all, TimeProvider clock)
{
    private static readonly DialogOptions _options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true };
    private string _label = "";
    private int _days;
    private int _graceHours;
    private bool _read = true;
    private bool _chat = true;
    private bool _manage = true;
    private string? _secret;
    private string? _refusal;

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    /// <summary>The key to be replaced; null for a new one.</summary>
    [Parameter] public ApiKey? Old { get; set; }

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    private KeyScopes Chosen => (_read ? KeyScopes.Read : 0) | (_chat ? KeyScopes.Chat : 0) | (_manage ? KeyScopes.Manage : 0);

    private async Task MakeAsync()
    {
        try
        {
            var made = Old is null
                ? await all.CreateAsync(Scope, _label, Chosen, _days == 0 ? null : clock.NowMs() + _days * 24L * 3_600_000, CancellationToken.None)
                : await all.RegenerateAsync(Scope, Old.Id, TimeSpan.FromHours(_graceHours), CancellationToken.None);
            (_secret, _refusal) = (made.Secret, null);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }

    private async Task CloseAsync(bool open)
    {
        if (open)
            return;
        (_secret, _refusal, _label, _days, _graceHours, _read, _chat, _manage) = (null, null, "", 0, 0, true, true, true);
        await OpenChanged.InvokeAsync(false);
    }
}
