using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Chat;

/// <summary>What waits for the limit of messages: how many pass in a minute, when the next one does (UTC ms), and what is done then.</summary>
public sealed record LimitWait(int Most, long DueAtMs, Func<Task> Again);

/// <summary>The section "429 TOO_MANY_REQUESTS" as a person meets it: it counts down, and what was refused goes by itself.</summary>
public sealed partial class TooManyCard(TimeProvider clock) : IAsyncDisposable
{
    private ITimer? _tick;
    private bool _isDone;

    [Parameter, EditorRequired] public LimitWait Wait { get; set; } = null!;

    /// <summary>The waiting is over: the person does not want it sent any more, or it is about to be.</summary>
    [Parameter] public EventCallback Over { get; set; }

    private long Seconds => Math.Max(0, (Wait.DueAtMs - clock.NowMs() + 999) / 1000);

    public ValueTask DisposeAsync()
    {
        _isDone = true;
        return _tick?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    protected override void OnInitialized() =>
        _tick = clock.CreateTimer(_ => _ = InvokeAsync(TickAsync), null, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250));

    private async Task TickAsync()
    {
        if (_isDone)
            return;
        StateHasChanged();
        if (clock.NowMs() < Wait.DueAtMs)
            return;
        _isDone = true;
        await Over.InvokeAsync();
        await Wait.Again();
    }
}
