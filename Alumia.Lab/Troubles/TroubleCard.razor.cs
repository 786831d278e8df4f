using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Troubles;

/// <summary>A trouble as people meet it, wherever it stands: what is so, why, what is known, and the deeds that mend it. Healed, it is one line.</summary>
public sealed partial class TroubleCard(TroubleLog troubles, NavigationManager navigation, IEnumerable<TroubleKind> kinds) : IDisposable
{
    private const int MostButtons = 3;
    private readonly CancellationTokenSource _gone = new();
    private int? _pressed;
    private string? _said;
    private string? _refusal;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public Trouble Trouble { get; set; } = null!;

    private string? Tone => kinds.Any(kind => kind.IsMoney && kind.Kind == Trouble.Kind) ? "money" : null;

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private async Task PressAsync(int index)
    {
        (_pressed, _said, _refusal) = (index, null, null);
        try
        {
            var outcome = await troubles.ApplyAsync(Scope, Trouble.Id, index, _gone.Token);
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
