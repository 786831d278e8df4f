using System.Globalization;
using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Sharing;

/// <summary>Switches the sharing of a project on and off, and says what is seen. What goes out is looked through first.</summary>
public sealed partial class ShareDialog : IDisposable
{
    private static readonly DialogOptions _options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseOnEscapeKey = true };
    private static readonly (SharedParts Part, string Label, string Hint)[] _labels =
    [
        (SharedParts.Messages, "Messages", "what people and agents write"),
        (SharedParts.ToolDetails, "Tool details", "arguments, output and results of tool calls"),
        (SharedParts.Blocks, "Blocks", "documents, tables, charts, code and pictures"),
    ];

    private readonly CancellationTokenSource _gone = new();
    private SharedParts _parts = ShareAgain.Usual;
    private ShareState? _shown;
    private IReadOnlyList<ShareFinding> _findings = [];
    private string? _refusal;
    private bool _isChecking;
    private bool _isBusy;

    [Inject] private ShareLinks Links { get; set; } = null!;

    [Inject] private ShareCheck Check { get; set; } = null!;

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public ShareState State { get; set; } = null!;

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    /// <summary>On, or about to be: the check asks first.</summary>
    private bool IsShown => State.Link is not null || _isBusy || _findings.Count > 0;

    private string Opened => State.Link!.Opened switch
    {
        0 => "Not opened yet",
        1 => "Opened once",
        var times => string.Create(CultureInfo.InvariantCulture, $"Opened {times:N0} times"),
    };

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_shown, State))
            return;
        _shown = State;
        if (State.Link is { } link && _findings.Count == 0 && !_isBusy)
            _parts = link.Parts;
    }

    private Task SwitchAsync(bool isOn) => isOn ? GoOutAsync() : TryAsync(async () =>
    {
        _findings = [];
        await Links.SwitchOffAsync(Scope, State.Project.Id, _gone.Token);
    });

    private Task ChooseAsync(SharedParts part, bool isSeen)
    {
        _parts = isSeen ? _parts | part : _parts & ~part;
        _findings = [];
        return (State.Link, isSeen) switch
        {
            (null, _) => Task.CompletedTask,
            (_, true) => GoOutAsync(),
            _ => AllTheSameAsync(), // Less is seen than before.
        };
    }

    /// <summary>Shares what was chosen, unless the check finds something: then the person decides.</summary>
    private Task GoOutAsync() => TryAsync(async () =>
    {
        (_findings, _isChecking) = ([], true);
        StateHasChanged();
        try
        {
            _findings = await Check.RunAsync(State.Project, _parts, _gone.Token);
        }
        finally
        {
            _isChecking = false;
        }
        if (_findings.Count == 0)
            await Links.SwitchOnAsync(Scope, State.Project.Id, _parts, _gone.Token);
    });

    private Task AllTheSameAsync() => TryAsync(async () =>
    {
        _findings = [];
        await Links.SwitchOnAsync(Scope, State.Project.Id, _parts, _gone.Token);
    });

    /// <summary>All stays as it was.</summary>
    private void Withdraw() => (_findings, _parts) = ([], State.Link?.Parts ?? _parts);

    private async Task TryAsync(Func<Task> deed)
    {
        (_refusal, _isBusy) = (null, true);
        try
        {
            await deed();
        }
        catch (Refusal refusal)
        {
            (_refusal, _parts) = (refusal.Message, State.Link?.Parts ?? _parts);
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page went away.
        }
        finally
        {
            _isBusy = false;
        }
    }

    private async Task CloseAsync(bool open)
    {
        if (open)
            return;
        (_refusal, _findings) = (null, []);
        await OpenChanged.InvokeAsync(false);
    }
}
