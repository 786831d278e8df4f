namespace Alumia.Lab.Canvas;

/// <summary>A tool call that a person looks into; it changes while it runs.</summary>
public sealed class Inspection
{
    private readonly SessionLight _light;
    private readonly string _callId;

    internal Inspection(SessionLight light, string agentName, string callId) => (_light, AgentName, _callId) = (light, agentName, callId);

    public string SessionId => _light.SessionId;

    public string AgentName { get; }

    /// <summary>The call as it is now; null where a later turn has taken its place.</summary>
    public Sessions.ToolPart? Call => _light.Glance.Calls.FirstOrDefault(call => call.CallId == _callId);

    public event Action Changed
    {
        add => _light.Changed += value;
        remove => _light.Changed -= value;
    }
}
