using Alumia.Lab.Accounts;
using Alumia.Lab.Canvas;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.WebUtilities;

namespace Alumia.Lab.Sharing;

/// <summary>
/// A shared canvas, live: all that runs on a visitor's circuit. What it shows comes from its <see cref="ShareReader"/> alone. When the link is switched
/// off, it stops reading at once and has the browser load its address again, which is the 404 by then.
/// </summary>
public sealed partial class SharePage : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private Func<string, int, string> _pictures = null!;
    private IDisposable? _seat;
    private readonly List<IDisposable> _subscriptions = [];
    private ShareReader? _reader;
    private SharedCanvas? _canvas;
    private Inspection? _inspection;
    private string? _sessionId;
    private bool _isFull;
    private int _reads;

    [Inject] private ShareDoor Door { get; set; } = null!;

    [Inject] private ShareReading Reading { get; set; } = null!;

    [Inject] private ShareVisits Visits { get; set; } = null!;

    [Inject] private VisitorSeats Seats { get; set; } = null!;

    [Inject] private OrgDirectory Orgs { get; set; } = null!;

    [Inject] private ChangeFeed Changes { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private AuthenticationStateProvider Authentication { get; set; } = null!;

    [Parameter, EditorRequired] public string Token { get; set; } = "";

    /// <summary>What counts as the visitor's address.</summary>
    [Parameter, EditorRequired] public string Address { get; set; } = "";

    public void Dispose()
    {
        _subscriptions.ForEach(subscription => subscription.Dispose());
        _gone.Cancel();
        _gone.Dispose();
        _seat?.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _pictures = (blockId, version) => SharedPictures.Address(Token, blockId, version);
        _seat = Seats.Sit(Address);
        if (_seat is null)
        {
            _isFull = true;
            return;
        }
        var query = QueryHelpers.ParseQuery(new Uri(Navigation.Uri).Query);
        _sessionId = query.TryGetValue("session", out var session) ? session.ToString() : null;
        await ReadAsync();
        if (_reader?.Sight is { LinkId: { } linkId } sight && await IsVisitorAsync(sight))
            Visits.Opened(linkId);
    }

    private async Task ReadAsync()
    {
        var mine = ++_reads;
        try
        {
            var sight = await Door.OpenAsync(Token, isAgain: true, _gone.Token);
            if (mine != _reads)
                return; // A later reading is under way and knows more.
            if (sight is null)
            {
                End();
                return;
            }
            if (_subscriptions.Count == 0)
            {
                foreach (var key in new[] { ShareLinks.Key(sight.LinkId!), ProjectDirectory.Key(sight.ProjectId) })
                    _subscriptions.Add(Changes.Subscribe(key, () => _ = InvokeAsync(ReadAsync)));
                await ReadAsync(); // It may have changed before we listened.
                return;
            }
            if (_reader?.Sight == sight)
                return;
            // Other parts are seen now, or the project has another name: all is read anew.
            var reader = await Reading.OpenAsync(sight, _gone.Token);
            if (mine != _reads)
                return;
            (_reader, _inspection) = (reader, null);
            StateHasChanged();
        }
        catch (Exception exception) when (_gone.IsCancellationRequested && exception is OperationCanceledException or ObjectDisposedException)
        {
            // The page went away in mid-reading.
        }
    }

    /// <summary>Takes everything off the page, and with it all that reads, before the browser does anything.</summary>
    private void End()
    {
        (_reader, _inspection, _sessionId) = (null, null, null);
        StateHasChanged();
        Navigation.Refresh(forceReload: true);
    }

    private void Open(string? sessionId) => (_sessionId, _inspection) = (sessionId, null);

    /// <summary>Where the messages lie over the canvas, they make room for what is to be seen.</summary>
    private async Task FlyAsync(string nodeId)
    {
        if (_canvas!.IsNarrow)
            Open(null);
        await _canvas.FlyToAsync([nodeId]);
    }

    /// <summary>The org's own people, who look at what they share, are not counted.</summary>
    private async Task<bool> IsVisitorAsync(ShareSight sight) =>
        (await Authentication.GetAuthenticationStateAsync()).User.UserId() is not { } userId || await Orgs.ScopeOfIdAsync(userId, sight.OrgId, _gone.Token) is null;
}
