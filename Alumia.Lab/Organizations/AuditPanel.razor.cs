using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Organizations;

/// <summary>The org's audit trail, the newest first; new entries appear by themselves.</summary>
public sealed partial class AuditPanel(Audit audit, ChangeFeed feed) : ComponentBase, IDisposable
{
    private const int Page = 50;
    private readonly CancellationTokenSource _ended = new();
    private IReadOnlyList<AuditLine>? _lines;
    private IDisposable? _subscription;
    private OrgScope? _shown;
    private AuditChoices _choices = new(new Dictionary<string, string>(), []);
    private AuditFilter _filter = new();
    private int _wanted = Page;
    private bool _more;
    private int _readings;

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    public void Dispose()
    {
        _ended.Cancel();
        _subscription?.Dispose();
        _ended.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Scope)
            return;
        (_shown, _lines, _wanted, _filter) = (Scope, null, Page, new());
        _subscription?.Dispose();
        _subscription = null;
        if (!Scope.Can(OrgRole.Admin))
            return;
        _subscription = feed.Subscribe($"audit:{Scope.OrgId}", () => _ = InvokeAsync(ReadAgainAsync));
        await ReadAsync();
    }

    private async Task ReadAgainAsync()
    {
        try
        {
            await ReadAsync();
            StateHasChanged();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or Refusal)
        {
            // The page is gone, or is about to hear of a lesser role.
        }
    }

    private async Task ReadAsync()
    {
        var (scope, filter, reading) = (Scope, _filter, ++_readings);
        var choices = await audit.ChoicesAsync(scope, _ended.Token);
        var lines = await audit.ListAsync(scope, null, _wanted + 1, filter, _ended.Token);
        if (reading != _readings || scope != Scope)
            return; // A later reading is under way: it knows more, or something else was chosen.
        _choices = choices;
        (_lines, _more) = ([.. lines.Take(_wanted)], lines.Count > _wanted);
    }

    private Task ShowEarlierAsync()
    {
        _wanted += Page;
        return ReadAsync();
    }

    private Task ChooseAsync(AuditFilter filter)
    {
        static string? Chosen(string? value) => string.IsNullOrEmpty(value) ? null : value;
        (_filter, _wanted) = (new AuditFilter(Chosen(filter.ActorId), Chosen(filter.Kind)), Page);
        return ReadAsync();
    }

    /// <summary>The same as a file.</summary>
    private string FileAddress => $"/{Scope.OrgSlug}/settings/audit.csv?person={Uri.EscapeDataString(_filter.ActorId ?? "")}&kind={Uri.EscapeDataString(_filter.Kind ?? "")}";

    /// <summary><c>invitation.made</c> as people read it.</summary>
    private static string Words(string action) => char.ToUpperInvariant(action[0]) + action[1..].Replace('.', ' ').Replace('_', ' ').Replace('-', ' ');
}
