using Alumia.Lab.Sandbox;
using Alumia.Lab.Sessions;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Chat;

public sealed partial class ChatPanel
{
    private Composer? _composer;
    private TurnView? _editing;
    private string? _agentId;
    private string? _modelId;
    private string? _refusal;
    private string? _madeSession;
    private bool _isLoadingEarlier;
    private LimitWait? _limit;
    private bool _showsFiles;
    private ElementReference _filesButton;

    /// <summary>Sends a new message, or an edited one in place of the old. True where it is kept for good.</summary>
    private async Task<bool> SendAsync(string text, string messageId)
    {
        var edited = _editing;
        var sent = await TryAsync(async () =>
        {
            if (SessionId is { } sessionId)
            {
                // Sent as it was, an edited message asks for another answer: it would else be taken for the one that is answered already.
                await host.SendAsync(Scope, sessionId, new NewMessage(edited?.MessageId ?? messageId, text, Regenerate: edited?.Text == text), CancellationToken.None);
                return;
            }
            // A session whose first message was refused is used again.
            _madeSession ??= (await host.CreateAsync(Scope, ProjectId, ChosenAgent?.Id ?? throw Refusal.Conflict("There is no active agent to talk to."), _modelId, CancellationToken.None)).Id;
            await host.SendAsync(Scope, _madeSession, new NewMessage(messageId, text), CancellationToken.None);
            (var made, _madeSession) = (_madeSession, null);
            await SessionIdChanged.InvokeAsync(made);
        }, () => _composer?.SubmitAsync() ?? Task.CompletedTask);
        if (!sent)
            return false;
        _editing = null;
        StateHasChanged();
        await JumpAsync();
        return true;
    }

    private async Task EditAsync(TurnView turn)
    {
        (_editing, _refusal) = (turn, null);
        if (_composer is not null)
            await _composer.EditAsync(turn.Text);
    }

    /// <summary>Puts the last message into the composer, as soon as it and the messages are here, where the address asks for it; once, or it would be put over what is typed since.</summary>
    private async Task TakeLastAsync()
    {
        if (!EditsLast || _hasTaken || _composer is not { IsReady: true } || _live is not { IsLoaded: true, Transcript.Turns: [.., var last] })
            return;
        _hasTaken = true;
        await EditAsync(last);
        StateHasChanged();
        await LastTaken.InvokeAsync();
    }

    private Task RegenerateAsync(TurnView turn) => OnSessionAsync(sessionId =>
        host.SendAsync(Scope, sessionId, new NewMessage(turn.MessageId, turn.Text, Regenerate: true), CancellationToken.None), () => RegenerateAsync(turn));

    private async Task StopAsync()
    {
        await OnSessionAsync(sessionId => host.CancelAsync(Scope, sessionId, CancellationToken.None));
        // The button goes with the turn; the keyboard must not be lost with it.
        if (_composer is not null)
            await _composer.FocusAsync();
    }

    private Task ResumeAsync() => OnSessionAsync(sessionId => host.ResumeAsync(Scope, sessionId, CancellationToken.None));

    private Task UnqueueAsync(string messageId) => OnSessionAsync(sessionId => host.UnqueueAsync(Scope, sessionId, messageId, CancellationToken.None));

    private async Task ChooseAsync(string agentId, string? modelId)
    {
        if (SessionId is null)
            (_agentId, _modelId, _madeSession) = (agentId, modelId, null);
        await OnSessionAsync(sessionId => host.ChooseAsync(Scope, sessionId, agentId, modelId, CancellationToken.None));
        await ReadAsync();
    }

    private Task SuggestAsync(string suggestion) => _composer?.PutAsync(suggestion) ?? Task.CompletedTask;

    private async Task CloseFilesAsync()
    {
        _showsFiles = false;
        await _filesButton.FocusAsync();
    }

    /// <summary>Names a file of the session in the message, as its agent knows it.</summary>
    private Task AttachAsync(string path) => _composer?.AppendAsync($"{Bubblewrap.Folder}/{path}") ?? Task.CompletedTask;

    private Task NewAsync() => OpenAsync(null);

    private Task OpenAsync(string? sessionId) => SessionIdChanged.InvokeAsync(sessionId);

    // The list of sessions shows these refusals itself.
    private Task RenameAsync(Session session, string label) => host.RenameAsync(Scope, session.Id, label, CancellationToken.None);

    private async Task DeleteAsync(Session session)
    {
        await host.DeleteAsync(Scope, session.Id, CancellationToken.None);
        if (session.Id == SessionId)
            await OpenAsync(null);
    }

    private async Task LoadEarlierAsync()
    {
        if (_live is not { } live || _isLoadingEarlier)
            return;
        _isLoadingEarlier = true;
        try
        {
            await _scroller.TellAsync("hold");
            await TryAsync(() => live.LoadEarlierAsync(_left.Token));
            StateHasChanged();
            await _scroller.TellAsync("release");
        }
        finally
        {
            _isLoadingEarlier = false;
        }
    }

    private Task JumpAsync() => _scroller.TellAsync("toEnd");

    private Task OnSessionAsync(Func<string, Task> deed, Func<Task>? again = null) =>
        SessionId is { } sessionId ? TryAsync(() => deed(sessionId), again) : Task.CompletedTask;

    /// <param name="deed">What is done.</param>
    /// <param name="again">How it is done once more when the limit of messages lets it pass.</param>
    private async Task<bool> TryAsync(Func<Task> deed, Func<Task>? again = null)
    {
        try
        {
            (_refusal, _limit) = (null, null);
            await deed();
            return true;
        }
        catch (Refusal refusal) when (refusal.RetryAfterMs is { } waitMs && again is not null)
        {
            _limit = new LimitWait(host.MessagesAMinute, clock.NowMs() + waitMs, again);
            return false;
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
            return false;
        }
        finally
        {
            StateHasChanged();
        }
    }
}
