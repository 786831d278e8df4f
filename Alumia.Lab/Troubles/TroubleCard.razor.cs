using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Troubles;

/// <summary>A trouble as people meet it, wherever it stands: what is so, why, what is known, and the deeds that mend it. Healed, it is one line.</summary>
public sealed partial class TroubleCard(TroubleLog troubles, NavigationManager navigation, IEnumerable<TroubleKind> kinds) : IDisposable
{
    private const int MostButtons = 3;
    private readonly CancellationTokenSource _gone = new();

    /// <summary>The fix that is under way, by its label.</summary>
    private string? _pressed;
    private string? _said;
    private string? _refusal;

    /// <summary>The fix that waits for what the person writes, by its label.</summary>
    private string? _asking;
    private string _text = "";

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public Trouble Trouble { get; set; } = null!;

    private string? Tone => kinds.Any(kind => kind.IsMoney && kind.Kind == Trouble.Kind) ? "money" : null;

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    /// <summary>Does a fix, or first asks for the text that it needs.</summary>
    private Task PressAsync(Fix fix)
    {
        if (fix.Asks is null)
            return DoAsync(fix.Label, null);
        (_asking, _said, _refusal) = (_asking == fix.Label ? null : fix.Label, null, null);
        return Task.CompletedTask;
    }

    private async Task SendAsync()
    {
        if (_asking is { } label)
            await DoAsync(label, _text);
        if (_refusal is null)
            (_asking, _text) = (null, "");
    }

    private async Task DoAsync(string label, string? text)
    {
        (_pressed, _said, _refusal) = (label, null, null);
        try
        {
            var outcome = await troubles.ApplyAsync(Scope, Trouble.Id, label, _gone.Token, text);
            _said = outcome.Message;
            if (outcome.GoTo is { } address)
                navigation.NavigateTo(address);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The person went elsewhere; the deed's own room ends or finishes it.
        }
        finally
        {
            _pressed = null;
        }
    }
}
